import type { Binary, Collection, Db, IndexDescription, ObjectId } from "mongodb";
import type { PlainDocument } from "../document.ts";
import type { Place } from "../place.ts";

/**
 * A head: `{_id: "namespace/workflow/id", …}` and the fields that `document.ts` names, but the place that the index reflects
 * is `at`, one value that can be compared.
 */
export interface HeadDocument extends PlainDocument {
  readonly _id: string;
  readonly uid: string;
  /** `{run, position}`, in this order. */
  readonly at: Place;
  /** The newest record that the head was summoned for. */
  readonly summonedFor: Place;
}

/**
 * The key of a record: instance (uid), run, position. Documents compare field by field in their order, so a run's records lie
 * beside each other and are read as one range. On a sharded cluster `{"_id.i": "hashed"}` as the shard key keeps an instance on
 * one shard, where the unique `_id` then holds for the whole cluster.
 */
export interface RecordKey {
  readonly i: string;
  readonly r: number;
  readonly p: number;
}

export interface RecordDocument extends PlainDocument {
  readonly _id: RecordKey;
  /** Made for each attempt to write: tells whether a record that is there already is one's own. */
  readonly commit: ObjectId;
}

/** `i` is the instance's uid, as in a record's key; `b` the blob, `c` the chunk. */
export interface ChunkDocument {
  readonly _id: { readonly i: string; readonly b: string; readonly c: number };
  readonly bytes: Binary;
}

/** A released instance, by its uid, and when what is left of it may go. */
export interface RemovalDocument {
  readonly _id: string;
  readonly namespace: string;
  readonly workflow: string;
  readonly id: string;
  readonly dueAt: Date;
}

export interface SessionDocument {
  readonly _id: string;
  readonly namespace: string;
  /** The worker's name, as `text` writes it; absent when it has none. */
  readonly worker?: unknown;
  readonly registeredAt: Date;
  readonly expiresAt: Date;
  readonly ended?: true;
}

/** A workflow: `{_id: "namespace/workflow", …}` and the fields that `document.ts` names. */
export interface WorkflowDocument extends PlainDocument {
  readonly _id: string;
  readonly revision: string;
}

/** A place of a workflow ("namespace/workflow"), and the lease that has it. */
export interface SlotDocument {
  readonly _id: { readonly w: string; readonly p: number };
  readonly id: string;
  readonly uid: string;
  readonly run: number;
  readonly epoch: number;
  readonly token: string;
  readonly takenAt: Date;
}

export interface MetaDocument {
  readonly _id: "schema";
  readonly version: number;
}

export interface Collections {
  readonly heads: Collection<HeadDocument>;
  readonly journal: Collection<RecordDocument>;
  readonly blobs: Collection<ChunkDocument>;
  readonly removals: Collection<RemovalDocument>;
  readonly sessions: Collection<SessionDocument>;
  readonly workflows: Collection<WorkflowDocument>;
  readonly slots: Collection<SlotDocument>;
  readonly meta: Collection<MetaDocument>;
}

/** Whatever the URL says: acknowledged is on disk on a majority, and what is read will not be rolled back. */
const CONCERNS = {
  readPreference: "primary",
  readConcern: { level: "majority" },
  writeConcern: { w: "majority", journal: true },
} as const;

export function collectionsOf(database: Db): Collections {
  return {
    heads: database.collection("heads", CONCERNS),
    journal: database.collection("journal", CONCERNS),
    blobs: database.collection("blobs", CONCERNS),
    removals: database.collection("removals", CONCERNS),
    sessions: database.collection("sessions", CONCERNS),
    workflows: database.collection("workflows", CONCERNS),
    slots: database.collection("slots", CONCERNS),
    meta: database.collection("meta", CONCERNS),
  };
}

/** One for each question that loops and callers ask. Records need none but their key. */
export const HEAD_INDEXES = [
  {
    name: "ready",
    key: { namespace: 1, workflow: 1, readyAt: 1, _id: 1 },
    partialFilterExpression: { readyAt: { $exists: true } },
  },
  {
    name: "leased",
    key: { "lease.session": 1, _id: 1 },
    partialFilterExpression: { "lease.session": { $exists: true } },
  },
  { name: "purge", key: { purgeAt: 1, _id: 1 }, partialFilterExpression: { purgeAt: { $exists: true } } },
  { name: "listed", key: { namespace: 1, createdAt: -1, uid: -1 } },
  { name: "listedByWorkflow", key: { namespace: 1, workflow: 1, createdAt: -1, uid: -1 } },
  { name: "listedByStatus", key: { namespace: 1, status: 1, createdAt: -1, uid: -1 } },
  { name: "countedByStatus", key: { namespace: 1, workflow: 1, status: 1, readyAt: 1, _id: 1 } },
] as const satisfies readonly IndexDescription[];

export const SLOT_INDEXES = [{ name: "held", key: { uid: 1 } }] as const satisfies readonly IndexDescription[];

export const REMOVAL_INDEXES = [
  { name: "due", key: { dueAt: 1, _id: 1 } },
] as const satisfies readonly IndexDescription[];

export const SESSION_INDEXES = [
  { name: "worker", key: { namespace: 1, worker: 1 }, partialFilterExpression: { worker: { $exists: true } } },
] as const satisfies readonly IndexDescription[];
