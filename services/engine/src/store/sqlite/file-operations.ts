import type { DatabaseSync } from "node:sqlite";
import { BlobRows } from "./blob-rows.ts";
import { HeadList } from "./head-list.ts";
import { HeadRows } from "./head-rows.ts";
import { JournalRows } from "./journal-rows.ts";
import type { Operations, Written } from "./operations.ts";
import { RemovalRows } from "./removal-rows.ts";
import { SessionRows } from "./session-rows.ts";
import { SlotRows } from "./slot-rows.ts";
import { WorkflowRows } from "./workflow-rows.ts";

/** The operations on an open file, and a count of what they have written. */
export interface FileOperations {
  readonly operations: Operations;
  /** Rows written since the last call. */
  takeWritten(): Written;
}

export function fileOperations(database: DatabaseSync): FileOperations {
  const heads = new HeadRows(database);
  const list = new HeadList(database);
  const journal = new JournalRows(database);
  const removals = new RemovalRows(database);
  const sessions = new SessionRows(database);
  const blobs = new BlobRows(database);
  const workflows = new WorkflowRows(database);
  const slots = new SlotRows(database);
  const written = { heads: 0, journal: 0, removals: 0 };

  const operations: Operations = {
    create(head) {
      const inserted = heads.insert(head);
      written.heads += inserted;
      return inserted > 0;
    },
    head: (name) => heads.get(name),
    append(append) {
      written.heads += heads.summon(append);
      const inserted = journal.insert(append);
      written.journal += inserted;
      if (inserted === 0) return false;
      if (append.index !== null) written.heads += heads.replaceIndex(append.name, append.uid, append.index);
      return true;
    },
    journal: (uid, run, after, page) => journal.page(uid, run, after, page),
    ready: (query) => heads.ready(query),
    leasedTo: (session, after, limit) => heads.leasedTo(session, after, limit),
    leaseHolders: () => heads.leaseHolders(),
    list: (query) => list.page(query),
    purgeable: (now, limit) => heads.purgeable(now, limit),
    releaseName(name, uid, journalsUntil) {
      written.removals += removals.add(name, uid, journalsUntil);
      written.heads += heads.remove(name, uid);
    },
    removable: (now, limit) => removals.due(now, limit),
    removeJournals(name, uid) {
      written.heads += heads.remove(name, uid);
      written.journal += journal.remove(uid);
      blobs.remove(uid);
      written.removals += removals.remove(uid);
    },
    putChunk: (chunk, bytes) => blobs.put(chunk, bytes),
    chunk: (chunk) => blobs.get(chunk),
    blobSize: (uid, blob) => blobs.size(uid, blob),
    dropBlobs: (uid, prefix, kept) => blobs.drop(uid, prefix, kept),
    extendSession: (session, now, register) => sessions.extend(session, now, register),
    endSession: (id) => sessions.end(id),
    aliveSessions: (now) => sessions.alive(now),
    putWorkflow: (name, revision, document, replaces) => workflows.put(name, revision, document, replaces),
    workflow: (name) => workflows.get(name),
    workflows: (after, limit) => workflows.page(after, limit),
    deleteWorkflow: (name) => workflows.remove(name),
    workflowsWithInstances: (namespace, after, limit) => workflows.withInstances(namespace, after, limit),
    countByStatus: (namespace, workflow) => workflows.countByStatus(namespace, workflow),
    takeSlot: (workflow, slot) => slots.take(workflow, slot),
    dropSlot: (workflow, place, token) => slots.drop(workflow, place, token),
    freeSlot: (workflow, holder) => slots.free(workflow, holder),
    slots: (workflow) => slots.taken(workflow),
    leasedIn: (namespace, workflow, after, limit) => slots.leasedIn(namespace, workflow, after, limit),
    countLeased: (limit) => slots.countLeased(limit),
    ping: () => undefined,
  };
  return {
    operations,
    takeWritten() {
      const parts = { sessions, blobs, workflows, slots };
      const taken: Written = {
        ...written,
        ...Object.fromEntries(Object.entries(parts).map(([collection, part]) => [collection, part.written])),
      };
      Object.assign(written, { heads: 0, journal: 0, removals: 0 });
      for (const part of Object.values(parts)) part.written = 0;
      return taken;
    },
  };
}
