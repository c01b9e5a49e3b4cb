import { calculateObjectSize } from "bson";
import { MaxKey, ObjectId, type Collection, type Filter } from "mongodb";
import type { JournalRecord } from "../../domain/entry.ts";
import { EngineError } from "../../domain/errors.ts";
import { readRecord, writeRecord } from "../document.ts";
import { isFull, recordBytes } from "../journal-page.ts";
import type { JournalId, JournalPage, JournalSlice, StoreCommit } from "../store.ts";
import type { OnWritten } from "../written.ts";
import type { RecordDocument } from "./collections.ts";
import { GroupCommit } from "./group-commit.ts";
import { insertedOf, type Inserted } from "./mongo-errors.ts";

/** Records in one insert. Above this, the cost of a record falls no further. */
const BATCH_RECORDS_MAX = 256;

/** What a unit of text, which counts as one byte here, may take in a document. */
const UNIT_BYTES_MAX = 3;

/** A message of MongoDB takes 48 MB. */
const BATCH_BYTES_MAX = 45_000_000 / UNIT_BYTES_MAX;

/** MongoDB's limit. */
const DOCUMENT_BYTES_MAX = 16 * 1_048_576;

type Appended = "appended" | "conflict";

/** The journals: one document a record, one insert for all the records that wait. */
export class RecordCollection {
  readonly #records: Collection<RecordDocument>;
  readonly #onWritten: OnWritten;
  readonly #inserts: GroupCommit<RecordDocument, Appended>;

  constructor(records: Collection<RecordDocument>, onWritten: OnWritten) {
    this.#records = records;
    this.#onWritten = onWritten;
    this.#inserts = new GroupCommit<RecordDocument, Appended>({
      itemsMax: BATCH_RECORDS_MAX,
      bytesMax: BATCH_BYTES_MAX,
      write: (batch) => this.#insert(batch),
    });
  }

  /** Takes a position if it is free. */
  async append({ journal, record }: StoreCommit): Promise<Appended> {
    const key = { i: journal.uid, r: journal.run, p: record.position };
    const document = { _id: key, commit: new ObjectId(), ...writeRecord(record) };
    const bytes = recordBytes(record);
    if (bytes > DOCUMENT_BYTES_MAX / UNIT_BYTES_MAX) requireFits(document);
    return this.#inserts.add(document, bytes);
  }

  async page({ uid, run }: JournalId, after: number, page: JournalPage): Promise<JournalSlice> {
    const limit = page.records + 1;
    const range = between(uid, { i: uid, r: run, p: after }, { i: uid, r: run, p: new MaxKey() });
    const cursor = this.#records.find(range, { sort: { _id: 1 }, limit, batchSize: limit });
    const records: JournalRecord[] = [];
    let bytes = 0;
    for await (const document of cursor) {
      if (isFull(page, records.length, bytes)) return { records, more: true };
      const { _id: key } = document;
      const record = readRecord({ uid, run }, key.p, document);
      records.push(record);
      bytes += recordBytes(record);
    }
    return { records, more: false };
  }

  /** Removes all runs of an instance. */
  async remove(uid: string): Promise<void> {
    const range = between(uid, { i: uid }, { i: uid, r: new MaxKey() });
    const { deletedCount } = await this.#records.deleteMany(range);
    this.#wrote(deletedCount);
  }

  async #insert(batch: readonly RecordDocument[]): Promise<readonly (Appended | EngineError)[]> {
    const inserted = await this.#insertMany(batch);
    this.#wrote(inserted.filter((outcome) => outcome === "inserted").length);
    const taken = batch.filter((_, index) => inserted[index] === "duplicate");
    const own = taken.length === 0 ? new Set<RecordDocument>() : await this.#own(taken);
    return inserted.map((outcome, index) => {
      if (outcome instanceof EngineError) return outcome;
      return outcome === "inserted" || own.has(batch[index]!) ? "appended" : "conflict";
    });
  }

  async #insertMany(batch: readonly RecordDocument[]): Promise<readonly Inserted[]> {
    try {
      await this.#records.insertMany(batch, { ordered: false });
      return batch.map(() => "inserted");
    } catch (error) {
      return insertedOf(error, batch.length);
    }
  }

  /**
   * Those whose place is taken by themselves: the driver sends an insert again when its answer was lost. Read without a
   * majority: the insert was refused because they are there, and has waited for the majority to have what it saw.
   */
  async #own(taken: readonly RecordDocument[]): Promise<ReadonlySet<RecordDocument>> {
    const places = { _id: { $in: taken.map(({ _id }) => _id) } } as Filter<RecordDocument>;
    const options = { projection: { commit: 1 }, readConcern: { level: "local" } } as const;
    const there = await this.#records.find(places, options).toArray();
    const commits = new Set(there.map(({ commit }) => commit.toHexString()));
    return new Set(taken.filter(({ commit }) => commits.has(commit.toHexString())));
  }

  #wrote(documents: number): void {
    if (documents > 0) this.#onWritten("journal", documents);
  }
}

/** Keys between two others, both left out. The uid by itself tells a sharded cluster which shard to ask. */
function between(uid: string, from: object, to: object): Filter<RecordDocument> {
  return { _id: { $gt: from, $lt: to }, "_id.i": uid } as object;
}

/** Here and not by the driver, which would refuse all that go together. @throws {EngineError} LIMIT_EXCEEDED. */
function requireFits(document: RecordDocument): void {
  const bytes = calculateObjectSize(document);
  if (bytes <= DOCUMENT_BYTES_MAX) return;
  throw new EngineError(
    "LIMIT_EXCEEDED",
    `a commit takes ${bytes} bytes in MongoDB; at most ${DOCUMENT_BYTES_MAX} fit`,
    {
      limitBytes: String(DOCUMENT_BYTES_MAX),
      actualBytes: String(bytes),
    },
  );
}
