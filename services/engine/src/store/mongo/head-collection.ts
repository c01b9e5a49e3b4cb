import type { Collection } from "mongodb";
import { EngineError } from "../../domain/errors.ts";
import type { Head } from "../../domain/head.ts";
import { nameText, type InstanceName } from "../../domain/name.ts";
import { payloadBytes } from "../../domain/payload.ts";
import type { OnWritten } from "../written.ts";
import type { HeadDocument } from "./collections.ts";
import { GroupCommit } from "./group-commit.ts";
import { headDocument, readHead } from "./head-document.ts";
import { insertedOf, type Inserted } from "./mongo-errors.ts";

const BATCH_HEADS_MAX = 256;

/** As for records: text counts its UTF-16 units. */
const BATCH_BYTES_MAX = 15_000_000;

type Created = "created" | "exists";

/** Heads as they come and go; what happens to them in between is `HeadIndexes`. */
export class HeadCollection {
  readonly #heads: Collection<HeadDocument>;
  readonly #onWritten: OnWritten;
  readonly #inserts: GroupCommit<HeadDocument, Created>;

  constructor(heads: Collection<HeadDocument>, onWritten: OnWritten) {
    this.#heads = heads;
    this.#onWritten = onWritten;
    this.#inserts = new GroupCommit<HeadDocument, Created>({
      itemsMax: BATCH_HEADS_MAX,
      bytesMax: BATCH_BYTES_MAX,
      write: (batch) => this.#insert(batch),
    });
  }

  async create(head: Head): Promise<Created> {
    return this.#inserts.add(headDocument(head), payloadBytes(head.birth.params));
  }

  async get(name: InstanceName): Promise<Head | undefined> {
    const document = await this.#heads.findOne({ _id: nameText(name) });
    return document === null ? undefined : readHead(document);
  }

  async remove(name: InstanceName, uid: string): Promise<void> {
    const { deletedCount } = await this.#heads.deleteOne({ _id: nameText(name), uid });
    if (deletedCount > 0) this.#onWritten("heads", deletedCount);
  }

  async #insert(batch: readonly HeadDocument[]): Promise<readonly (Created | EngineError)[]> {
    const inserted = await this.#insertMany(batch);
    const written = inserted.filter((outcome) => outcome === "inserted").length;
    if (written > 0) this.#onWritten("heads", written);
    const taken = batch.filter((_, index) => inserted[index] === "duplicate");
    const own = taken.length === 0 ? new Set<string>() : await this.#ownUids(taken);
    return inserted.map((outcome, index) => {
      if (outcome instanceof EngineError) return outcome;
      return outcome === "inserted" || own.has(batch[index]!.uid) ? "created" : "exists";
    });
  }

  async #insertMany(batch: readonly HeadDocument[]): Promise<readonly Inserted[]> {
    try {
      await this.#heads.insertMany(batch, { ordered: false });
      return batch.map(() => "inserted");
    } catch (error) {
      return insertedOf(error, batch.length);
    }
  }

  /** Uids of those whose name is taken by themselves: the driver sends an insert again when its answer was lost. */
  async #ownUids(taken: readonly HeadDocument[]): Promise<ReadonlySet<string>> {
    const uids = { uid: { $in: taken.map(({ uid }) => uid) }, _id: { $in: taken.map(({ _id }) => _id) } };
    const options = { projection: { uid: 1 }, readConcern: { level: "local" } } as const;
    const there = await this.#heads.find(uids, options).toArray();
    return new Set(there.map(({ uid }) => uid));
  }
}
