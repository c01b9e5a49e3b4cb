import type { AnyBulkWriteOperation, Collection, Filter } from "mongodb";
import { nameText } from "../../domain/name.ts";
import type { HeadIndex } from "../../domain/head.ts";
import { instant } from "../document/values.ts";
import { comparePlaces, type Place } from "../place.ts";
import type { StoreCommit } from "../store.ts";
import type { OnWritten } from "../written.ts";
import type { HeadDocument } from "./collections.ts";
import { GroupCommit } from "./group-commit.ts";
import { indexFields, placeOf } from "./head-document.ts";

const BATCH_UPDATES_MAX = 256;

/** Between two attempts to write indexes while the database cannot be reached. */
const RETRY_PAUSE_MS = 1_000;

/** Fields of an index that a head does not always have. */
const OPTIONAL_FIELDS = ["readyAt", "lease", "endedAt", "purgeAt"] as const;

type Update = AnyBulkWriteOperation<HeadDocument>;

/** An index that is to be written: the newest of its instance, while it waits. */
export interface IndexUpdate {
  readonly id: string;
  readonly uid: string;
  readonly place: Place;
  readonly update: object;
}

interface Owed {
  newest: IndexUpdate;
}

/**
 * Keeps the indexes of heads up to date. An index that belongs to a record which is written is owed: it is written again
 * until it is there, whether or not somebody waits for it.
 */
export class HeadIndexes {
  readonly #heads: Collection<HeadDocument>;
  readonly #onWritten: OnWritten;
  readonly #updates: GroupCommit<() => Update, void>;
  /** By uid: the next instance of a name has indexes of its own. */
  readonly #owed = new Map<string, { readonly owed: Owed; readonly written: Promise<void> }>();
  /** Those that could not be written so far. */
  readonly #late = new Map<string, IndexUpdate>();
  #retry: NodeJS.Timeout | undefined;

  constructor(heads: Collection<HeadDocument>, onWritten: OnWritten) {
    this.#heads = heads;
    this.#onWritten = onWritten;
    this.#updates = new GroupCommit<() => Update, void>({
      itemsMax: BATCH_UPDATES_MAX,
      bytesMax: Infinity,
      write: (batch) => this.#write(batch.map((update) => update())),
    });
  }

  /** Makes a head ready for a record that is about to be written. */
  async summon({ name, journal, record, summon }: StoreCommit): Promise<void> {
    if (summon === null) return;
    const place = { run: journal.run, position: record.position };
    const { readyAt, status } = summon;
    const filter = { _id: nameText(name), uid: journal.uid, at: { $lt: place }, summonedFor: { $lte: place } };
    const update = {
      $min: { readyAt: instant.write(readyAt) },
      $set: { status, summonedFor: place },
      $unset: { lease: true },
    };
    await this.#updates.add(() => updateOne(filter, update), 0);
  }

  /** Resolves when the index, or a newer one, is written. */
  async replace(update: IndexUpdate): Promise<void> {
    const waiting = this.#owed.get(update.uid);
    if (waiting === undefined) return this.#owe(update);
    if (comparePlaces(waiting.owed.newest.place, update.place) < 0) waiting.owed.newest = update;
    return waiting.written;
  }

  /** Writes what is owed. @throws {EngineError} STORE_UNAVAILABLE when it cannot. */
  async close(): Promise<void> {
    await this.#updates.idle();
    clearTimeout(this.#retry);
    await Promise.all(this.#writeLate());
  }

  async #owe(update: IndexUpdate): Promise<void> {
    const { uid } = update;
    const owed: Owed = { newest: update };
    const forget = () => {
      if (this.#owed.get(uid)?.owed === owed) this.#owed.delete(uid);
    };
    const written = this.#updates.add(() => {
      // From here on a newer index is an update of its own.
      forget();
      return replacement(owed.newest);
    }, 0);
    this.#owed.set(uid, { owed, written });
    written.catch(() => {
      forget();
      const late = this.#late.get(uid);
      if (late === undefined || comparePlaces(late.place, owed.newest.place) < 0) this.#late.set(uid, owed.newest);
      this.#retry ??= setTimeout(() => void Promise.allSettled(this.#writeLate()), RETRY_PAUSE_MS).unref();
    });
    return written;
  }

  /** An older one than was written meanwhile changes nothing. */
  #writeLate(): readonly Promise<void>[] {
    this.#retry = undefined;
    const late = [...this.#late.values()];
    this.#late.clear();
    return late.map((update) => this.#owe(update));
  }

  async #write(updates: Update[]): Promise<readonly void[]> {
    const { modifiedCount } = await this.#heads.bulkWrite(updates, { ordered: false });
    if (modifiedCount > 0) this.#onWritten("heads", modifiedCount);
    return updates.map(() => undefined);
  }
}

/** What is to be written, made before anything is: an index that no document can hold stops its record too. */
export function indexUpdate({ name, journal }: StoreCommit, index: HeadIndex): IndexUpdate {
  const place = placeOf(index);
  const fields = indexFields(index);
  const absent = OPTIONAL_FIELDS.filter((field) => fields[field] === undefined);
  const $set = { ...fields, at: place, summonedFor: place };
  const $unset = Object.fromEntries(absent.map((field) => [field, true]));
  return { id: nameText(name), uid: journal.uid, place, update: { $set, $unset } };
}

/** A newer index stays, and so does a summons to a later record. */
function replacement({ id, uid, place, update }: IndexUpdate): Update {
  return updateOne({ _id: id, uid, at: { $lte: place }, summonedFor: { $lte: place } }, update);
}

function updateOne(filter: Filter<HeadDocument>, update: object): Update {
  return { updateOne: { filter, update } };
}
