import type { Status } from "../../domain/lifecycle.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { BlobSize, ChunkKey, JournalPage, ListQuery, ReadyQuery, Session } from "../store.ts";
import type { SlotHolder } from "../slot-store.ts";
import type { Collection } from "../written.ts";

/** What the thread does for the store: the rows are written and read there, and understood on this side. */
export interface Operations {
  /** Whether the name was free. */
  create(head: NewHeadRow): boolean;
  head(name: string): HeadRow | null;
  /** Whether the position was free. */
  append(append: AppendRow): boolean;
  journal(uid: string, run: number, after: number, page: JournalPage): RecordRows;
  ready(query: ReadyQuery): readonly ReadyRow[];
  leasedTo(session: string, after: string, limit: number): readonly LeasedRow[];
  leaseHolders(): readonly string[];
  list(query: ListQuery): readonly HeadRow[];
  purgeable(now: EpochMs, limit: number): readonly PointerRow[];
  releaseName(name: string, uid: string, journalsUntil: EpochMs): void;
  removable(now: EpochMs, limit: number): readonly PointerRow[];
  removeJournals(name: string, uid: string): void;
  putChunk(chunk: ChunkKey, bytes: Uint8Array): void;
  chunk(chunk: ChunkKey): Uint8Array | null;
  blobSize(uid: string, blob: string): BlobSize;
  dropBlobs(uid: string, prefix: string, kept: string): void;
  extendSession(session: Session, now: EpochMs, register: boolean): boolean;
  endSession(id: string): void;
  aliveSessions(now: EpochMs): readonly string[];
  putWorkflow(name: string, revision: string, document: Uint8Array, replaces: string | null): boolean;
  workflow(name: string): WorkflowRow | null;
  workflows(after: string, limit: number): readonly WorkflowRow[];
  deleteWorkflow(name: string): void;
  workflowsWithInstances(namespace: string, after: string, limit: number): readonly string[];
  countByStatus(namespace: string, workflow: string): readonly StatusRow[];
  /** Whether the place is the holder's now. */
  takeSlot(workflow: string, slot: SlotRow): boolean;
  dropSlot(workflow: string, place: number, token: string): void;
  freeSlot(workflow: string, holder: SlotHolder): number | null;
  slots(workflow: string): readonly SlotRow[];
  leasedIn(namespace: string, workflow: string, after: string, limit: number): readonly LeasedRow[];
  countLeased(limit: number): number;
  ping(): void;
}

export type OperationName = keyof Operations;

/** The columns of a head that change with its journal. */
export interface IndexRow {
  readonly run: number;
  readonly runStartedAt: EpochMs;
  readonly position: number;
  readonly status: string;
  readonly readyAt: EpochMs | null;
  readonly leaseSession: string | null;
  readonly leaseEpoch: number | null;
  readonly leaseGrantedAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
  readonly purgeAt: EpochMs | null;
}

export interface NewHeadRow {
  readonly name: string;
  readonly namespace: string;
  readonly workflow: string;
  readonly uid: string;
  readonly createdAt: EpochMs;
  /** The whole birth, as BSON. */
  readonly birth: Uint8Array;
  readonly index: IndexRow;
}

export interface HeadRow extends IndexRow {
  readonly name: string;
  readonly birth: Uint8Array;
}

export interface AppendRow {
  readonly name: string;
  readonly uid: string;
  readonly run: number;
  readonly position: number;
  /** The record without its position, as BSON. */
  readonly record: Uint8Array;
  readonly summon: { readonly readyAt: EpochMs; readonly status: Status } | null;
  readonly index: IndexRow | null;
}

export interface RecordRows {
  readonly records: readonly { readonly position: number; readonly record: Uint8Array }[];
  readonly more: boolean;
}

export interface ReadyRow {
  readonly name: string;
  readonly uid: string;
  readonly readyAt: EpochMs;
}

export interface LeasedRow {
  readonly name: string;
  readonly uid: string;
  readonly run: number;
  readonly position: number;
  readonly epoch: number;
  readonly grantedAt: EpochMs;
}

export interface PointerRow {
  readonly name: string;
  readonly uid: string;
}

export interface WorkflowRow {
  readonly name: string;
  /** The whole workflow, as BSON. */
  readonly document: Uint8Array;
}

export interface StatusRow {
  readonly status: string;
  readonly instances: number;
}

export interface SlotRow extends SlotHolder {
  readonly place: number;
  readonly token: string;
  readonly takenAt: EpochMs;
}

/** Operations that were asked for, in order. All that wait are written together. */
export type Requests = readonly (readonly [OperationName, readonly unknown[]])[];

/** How one operation ended. */
export type Outcome = { readonly value: unknown } | { readonly error: Error };

/** What the thread says: once that the file is open or why it is not, then the outcomes in the order of the requests. */
export type ThreadMessage =
  | { readonly kind: "opened"; readonly version: string }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "outcomes"; readonly outcomes: readonly Outcome[]; readonly written: Written };

/** Rows written, by collection. */
export type Written = { readonly [C in Collection]?: number };
