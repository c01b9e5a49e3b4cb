import { Binary, MaxKey, type Collection, type Filter } from "mongodb";
import type { BlobSize, ChunkKey } from "../store.ts";
import type { OnWritten } from "../written.ts";
import type { ChunkDocument } from "./collections.ts";

/** Above every character of a name. */
const LAST = "\uffff";

/** The chunks of streams: one document each. */
export class BlobCollection {
  readonly #chunks: Collection<ChunkDocument>;
  readonly #onWritten: OnWritten;

  constructor(chunks: Collection<ChunkDocument>, onWritten: OnWritten) {
    this.#chunks = chunks;
    this.#onWritten = onWritten;
  }

  async put({ uid, blob, chunk }: ChunkKey, bytes: Uint8Array): Promise<void> {
    const key = { i: uid, b: blob, c: chunk };
    await this.#chunks.replaceOne({ _id: key }, { bytes: new Binary(bytes) }, { upsert: true });
    this.#wrote(1);
  }

  async get({ uid, blob, chunk }: ChunkKey): Promise<Uint8Array | undefined> {
    const found = await this.#chunks.findOne({ _id: { i: uid, b: blob, c: chunk } });
    return found === null ? undefined : new Uint8Array(found.bytes.value());
  }

  async size(uid: string, blob: string): Promise<BlobSize> {
    const range = between(uid, { i: uid, b: blob }, { i: uid, b: blob, c: new MaxKey() });
    const bytes = { $sum: { $binarySize: "$bytes" } };
    const sums = this.#chunks.aggregate<BlobSize>([
      { $match: range },
      { $group: { _id: null, chunks: { $sum: 1 }, bytes } },
    ]);
    const { chunks, bytes: total } = (await sums.next()) ?? { chunks: 0, bytes: 0 };
    return { chunks, bytes: total };
  }

  async drop(uid: string, prefix: string, kept: string): Promise<void> {
    const range = between(uid, { i: uid, b: prefix }, { i: uid, b: `${prefix}${LAST}` });
    const { deletedCount } = await this.#chunks.deleteMany({ $and: [range, { "_id.b": { $ne: kept } }] });
    this.#wrote(deletedCount);
  }

  /** Removes all of an instance. */
  async remove(uid: string): Promise<void> {
    const { deletedCount } = await this.#chunks.deleteMany(between(uid, { i: uid }, { i: uid, b: new MaxKey() }));
    this.#wrote(deletedCount);
  }

  #wrote(documents: number): void {
    if (documents > 0) this.#onWritten("blobs", documents);
  }
}

/** Keys between two others. The uid by itself tells a sharded cluster which shard to ask. */
function between(uid: string, from: object, to: object): Filter<ChunkDocument> {
  return { "_id.i": uid, _id: { $gt: from, $lt: to } } as Filter<ChunkDocument>;
}
