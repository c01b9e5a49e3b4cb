import type { JournalRecord } from "../domain/entry.ts";
import type { Head, HeadIndex } from "../domain/head.ts";
import type { Status } from "../domain/lifecycle.ts";
import type { InstanceName } from "../domain/name.ts";
import type { EpochMs } from "../domain/time.ts";
import type { SlotStore } from "./slot-store.ts";
import type { WorkflowStore } from "./workflow-store.ts";

/**
 * Where journals and heads are kept: the port that memory, SQLite and MongoDB stand behind.
 *
 * The store compares and writes; it decides nothing. What a method has resolved for is durable (memory
 * aside). Calls that wait together are written together, each with its own outcome.
 *
 * @throws {EngineError} from every method: STORE_UNAVAILABLE when the outcome is unknown (read again, never
 *   assume); CORRUPT_DOCUMENT when what was read is not what this version writes.
 */
export interface Store extends WorkflowStore, SlotStore {
  /** What it is, for logs and health: "sqlite", "mongodb 6.0.5". */
  readonly description: string;

  /** Whether this process is the only one that writes here, so that what it has folded stays true. */
  readonly exclusive: boolean;

  /** Inserts a head whose name is free. */
  create(head: Head): Promise<"created" | "exists">;

  /** Returns a head, or undefined when the name was never used or is free again. */
  head(name: InstanceName): Promise<Head | undefined>;

  /** Appends a record if its position is free, and keeps the index beside it. */
  append(commit: StoreCommit): Promise<"appended" | "conflict">;

  /** Records of a run after a position, oldest first: as many as fit `page`, at least one if there is one. */
  journal(journal: JournalId, after: number, page: JournalPage): Promise<JournalSlice>;

  /** Instances that a worker should have, longest ready first: not leased, ready at or before `until`. */
  ready(query: ReadyQuery): Promise<readonly ReadyHead[]>;

  /** Instances leased to a session, by name, after a name for the next page. */
  leasedTo(session: string, after: InstanceName | null, limit: number): Promise<readonly LeasedHead[]>;

  /** Every session that a lease is held by. */
  leaseHolders(): Promise<readonly string[]>;

  /** Heads that fit a filter, newest first. */
  list(query: ListQuery): Promise<readonly Head[]>;

  /** Keeps a chunk of a stream. The same chunk put again replaces it. */
  putChunk(chunk: ChunkKey, bytes: Uint8Array): Promise<void>;

  /** Returns a chunk of a stream, or undefined when it is not there. */
  chunk(chunk: ChunkKey): Promise<Uint8Array | undefined>;

  /** How much of a stream is there. */
  blobSize(uid: string, blob: string): Promise<BlobSize>;

  /** Removes the blobs of an instance whose names begin with `prefix`, but for one. */
  dropBlobs(uid: string, prefix: string, kept: string): Promise<void>;

  /** Finished instances whose time of keeping is over at `now`. */
  purgeable(now: EpochMs, limit: number): Promise<readonly InstancePointer[]>;

  /**
   * Frees the name of an instance, if it is the one that has it. What else there is of it stays until `journalsUntil`:
   * its journals still refuse who does not know yet. That they go is noted first, so no crash leaves any behind.
   */
  releaseName(name: InstanceName, uid: string, journalsUntil: EpochMs): Promise<void>;

  /** Released instances whose journals may go at `now`, longest overdue first. */
  removable(now: EpochMs, limit: number): Promise<readonly InstancePointer[]>;

  /** Removes all that a released instance has left: its head if a crash left that, the journals of all its runs, then the note. */
  removeJournals(instance: InstancePointer): Promise<void>;

  /**
   * Registers a session or extends it. "lost" when it has ended or its time was over at `now`: a session
   * that is lost never comes back. Registering a session with a worker's name ends the older sessions of that name.
   */
  extendSession(session: Session, now: EpochMs, register: boolean): Promise<"alive" | "lost">;

  /** Ends a session at once; its leases are then found as those of a dead one. */
  endSession(id: string): Promise<void>;

  /** Sessions that are registered, not ended, and have time left at `now`. Also forgets those whose time was over an hour before. */
  aliveSessions(now: EpochMs): Promise<readonly string[]>;

  /** Resolves when the store answers. */
  ping(): Promise<void>;

  /** Writes what waits, then closes. */
  close(): Promise<void>;
}

/** One instance of those that have a name one after the other. */
export interface InstancePointer {
  readonly name: InstanceName;
  readonly uid: string;
}

/** A run's journal. */
export interface JournalId {
  readonly uid: string;
  readonly run: number;
}

export interface JournalPage {
  readonly records: number;
  /** Ends a page early, after the record that reaches it; counted as the store reckons. */
  readonly bytes: number;
}

export interface JournalSlice {
  readonly records: readonly JournalRecord[];
  /** Whether there were records after these. */
  readonly more: boolean;
}

export interface StoreCommit {
  readonly name: InstanceName;
  readonly journal: JournalId;
  readonly record: JournalRecord;
  /** The index after the record; null when nothing that loops look for has changed. Written after the record; a newer one (by run, then position) stays. */
  readonly index: HeadIndex | null;
  /**
   * Written to the head's `readyAt` and `status` *before* the record when set, unless the head reflects this record or a later
   * one: a crash in between then leaves an index that leads to the instance (a spurious wake is harmless, a lost one is not).
   * It never makes a head ready later. From then on an index of an earlier position is too late to take effect, and a lease that
   * the head still shows is gone: only for instances that are not leased before the record.
   */
  readonly summon: { readonly readyAt: EpochMs; readonly status: Status } | null;
  /** Whether `append` resolves only when the index is written too. Otherwise the index follows, at latest with `close`. */
  readonly awaitIndex: boolean;
}

export interface ReadyQuery {
  readonly namespace: string;
  readonly workflows: readonly string[];
  readonly until: EpochMs;
  readonly limit: number;
  /** Only those that a timer is to wake. */
  readonly parked?: true;
}

export interface ReadyHead {
  readonly name: InstanceName;
  readonly uid: string;
  readonly readyAt: EpochMs;
}

export interface LeasedHead {
  readonly name: InstanceName;
  readonly uid: string;
  readonly run: number;
  readonly epoch: number;
  readonly grantedAt: EpochMs;
  /** The journal position that the index reflects. */
  readonly position: number;
}

/** Names a chunk of a stream. */
export interface ChunkKey {
  /** Of the instance. */
  readonly uid: string;
  readonly blob: string;
  /** From 0. */
  readonly chunk: number;
}

export interface BlobSize {
  readonly chunks: number;
  readonly bytes: number;
}

export interface ListQuery {
  readonly namespace: string;
  readonly workflow: string | null;
  /** Empty: all. */
  readonly statuses: readonly Status[];
  readonly createdFrom: EpochMs | null;
  readonly createdBefore: EpochMs | null;
  /** Ends of the page before: older than this, and at the same instant a smaller uid. */
  readonly after: { readonly createdAt: EpochMs; readonly uid: string } | null;
  readonly limit: number;
}

export interface Session {
  readonly id: string;
  readonly namespace: string;
  readonly workerName: string | null;
  readonly expiresAt: EpochMs;
}
