import type { Collection } from "mongodb";
import type { EpochMs } from "../../domain/time.ts";
import { readName, writeName } from "../document.ts";
import type { InstancePointer } from "../store.ts";
import type { OnWritten } from "../written.ts";
import type { RemovalDocument } from "./collections.ts";

/** Notes of released instances: when what is left of each may go. */
export class RemovalCollection {
  readonly #removals: Collection<RemovalDocument>;
  readonly #onWritten: OnWritten;

  constructor(removals: Collection<RemovalDocument>, onWritten: OnWritten) {
    this.#removals = removals;
    this.#onWritten = onWritten;
  }

  /** The first note of an instance holds. */
  async add({ name, uid }: InstancePointer, dueAt: EpochMs): Promise<void> {
    const note = { $setOnInsert: { ...writeName(name), dueAt: new Date(dueAt) } };
    const { upsertedCount } = await this.#removals.updateOne({ _id: uid }, note, { upsert: true });
    this.#wrote(upsertedCount);
  }

  async due(now: EpochMs, limit: number): Promise<readonly InstancePointer[]> {
    const options = { sort: { dueAt: 1, _id: 1 }, limit } as const;
    const due = await this.#removals.find({ dueAt: { $lte: new Date(now) } }, options).toArray();
    return due.map(({ _id: uid, ...note }) => ({ name: readName(uid, note), uid }));
  }

  async remove(uid: string): Promise<void> {
    const { deletedCount } = await this.#removals.deleteOne({ _id: uid });
    this.#wrote(deletedCount);
  }

  #wrote(documents: number): void {
    if (documents > 0) this.#onWritten("removals", documents);
  }
}
