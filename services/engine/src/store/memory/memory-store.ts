import type { JournalRecord } from "../../domain/entry.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Head } from "../../domain/head.ts";
import type { InstanceName, WorkflowName } from "../../domain/name.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Workflow } from "../../domain/workflow.ts";
import { isFull, recordBytes } from "../journal-page.ts";
import type {
  BlobSize,
  ChunkKey,
  InstancePointer,
  JournalId,
  JournalPage,
  JournalSlice,
  ListQuery,
  ReadyQuery,
  Session,
  Store,
  StoreCommit,
} from "../store.ts";
import type { Slot, SlotHolder } from "../slot-store.ts";
import type { OnWritten } from "../written.ts";
import { BlobTable } from "./blob-table.ts";
import { HeadTable } from "./head-table.ts";
import { SessionTable } from "./session-table.ts";
import { SlotTable } from "./slot-table.ts";
import { WorkflowTable } from "./workflow-table.ts";

/**
 * Keeps everything in this process and nothing beyond it: the reference that the other stores are compared
 * with. What goes in and out is copied, as a disk would.
 */
export class MemoryStore implements Store {
  readonly description = "memory";
  readonly exclusive: boolean = true;
  readonly #heads = new HeadTable();
  readonly #blobs = new BlobTable();
  readonly #sessions: SessionTable;
  readonly #workflows = new WorkflowTable();
  readonly #slots = new SlotTable();
  /** By uid, run and position. */
  readonly #journals = new Map<string, Map<number, Map<number, JournalRecord>>>();
  /** Notes of released instances, by uid. */
  readonly #removals = new Map<string, InstancePointer & { readonly dueAt: EpochMs }>();
  readonly #onWritten: OnWritten;
  #closed = false;

  constructor(onWritten: OnWritten) {
    this.#onWritten = onWritten;
    this.#sessions = new SessionTable((rows) => onWritten("sessions", rows));
  }

  async create(head: Head): Promise<"created" | "exists"> {
    this.#requireOpen();
    if (!this.#heads.insert(structuredClone(head))) return "exists";
    this.#onWritten("heads", 1);
    return "created";
  }

  async head(name: InstanceName): Promise<Head | undefined> {
    this.#requireOpen();
    return structuredClone(this.#heads.get(name));
  }

  async append(commit: StoreCommit): Promise<"appended" | "conflict"> {
    this.#requireOpen();
    const { name, journal, record, index } = structuredClone(commit);
    if (this.#heads.summon(commit)) this.#onWritten("heads", 1);
    const records = this.#records(journal);
    if (records.has(record.position)) return "conflict";
    records.set(record.position, record);
    this.#onWritten("journal", 1);
    if (index !== null && this.#heads.replaceIndex(name, journal.uid, index)) this.#onWritten("heads", 1);
    return "appended";
  }

  async journal(journal: JournalId, after: number, page: JournalPage): Promise<JournalSlice> {
    this.#requireOpen();
    const records: JournalRecord[] = [];
    let bytes = 0;
    const following = [...this.#records(journal).values()].filter(({ position }) => position > after);
    for (const record of following.toSorted((a, b) => a.position - b.position)) {
      if (isFull(page, records.length, bytes)) return { records: structuredClone(records), more: true };
      records.push(record);
      bytes += recordBytes(record);
    }
    return { records: structuredClone(records), more: false };
  }

  async ready(query: ReadyQuery) {
    this.#requireOpen();
    return structuredClone(this.#heads.ready(query));
  }

  async leasedTo(session: string, after: InstanceName | null, limit: number) {
    this.#requireOpen();
    return structuredClone(this.#heads.leasedTo(session, after, limit));
  }

  async leaseHolders(): Promise<readonly string[]> {
    this.#requireOpen();
    return this.#heads.leaseHolders();
  }

  async list(query: ListQuery): Promise<readonly Head[]> {
    this.#requireOpen();
    return structuredClone(this.#heads.list(query));
  }

  async purgeable(now: EpochMs, limit: number) {
    this.#requireOpen();
    return this.#heads.overdue(now, limit).map(({ name, uid }) => ({ name: { ...name }, uid }));
  }

  async releaseName(name: InstanceName, uid: string, journalsUntil: EpochMs): Promise<void> {
    this.#requireOpen();
    if (!this.#removals.has(uid)) {
      this.#removals.set(uid, { name: { ...name }, uid, dueAt: journalsUntil });
      this.#onWritten("removals", 1);
    }
    if (this.#heads.remove(name, uid)) this.#onWritten("heads", 1);
  }

  async removable(now: EpochMs, limit: number): Promise<readonly InstancePointer[]> {
    this.#requireOpen();
    const due = [...this.#removals.values()].filter(({ dueAt }) => dueAt <= now);
    const sorted = due.toSorted((a, b) => a.dueAt - b.dueAt || (a.uid < b.uid ? -1 : 1));
    return sorted.slice(0, limit).map(({ name, uid }) => ({ name: { ...name }, uid }));
  }

  async removeJournals({ name, uid }: InstancePointer): Promise<void> {
    this.#requireOpen();
    if (this.#heads.remove(name, uid)) this.#onWritten("heads", 1);
    for (const records of this.#journals.get(uid)?.values() ?? []) this.#onWritten("journal", records.size);
    this.#journals.delete(uid);
    this.#wroteBlobs(this.#blobs.remove(uid));
    if (this.#removals.delete(uid)) this.#onWritten("removals", 1);
  }

  async putChunk(chunk: ChunkKey, bytes: Uint8Array): Promise<void> {
    this.#requireOpen();
    this.#blobs.put(chunk, bytes);
    this.#wroteBlobs(1);
  }

  async chunk(chunk: ChunkKey): Promise<Uint8Array | undefined> {
    this.#requireOpen();
    return this.#blobs.get(chunk);
  }

  async blobSize(uid: string, blob: string): Promise<BlobSize> {
    this.#requireOpen();
    return this.#blobs.size(uid, blob);
  }

  async dropBlobs(uid: string, prefix: string, kept: string): Promise<void> {
    this.#requireOpen();
    this.#wroteBlobs(this.#blobs.drop(uid, prefix, kept));
  }

  async extendSession(session: Session, now: EpochMs, register: boolean): Promise<"alive" | "lost"> {
    this.#requireOpen();
    return this.#sessions.extend({ ...session }, now, register);
  }

  async endSession(id: string): Promise<void> {
    this.#requireOpen();
    this.#sessions.end(id);
  }

  async aliveSessions(now: EpochMs): Promise<readonly string[]> {
    this.#requireOpen();
    return this.#sessions.alive(now);
  }

  async putWorkflow(workflow: Workflow, replaces: string | null): Promise<"put" | "conflict"> {
    this.#requireOpen();
    if (!this.#workflows.put(structuredClone(workflow), replaces)) return "conflict";
    this.#onWritten("workflows", 1);
    return "put";
  }

  async workflow(name: WorkflowName): Promise<Workflow | undefined> {
    this.#requireOpen();
    return structuredClone(this.#workflows.get(name));
  }

  async workflows(after: WorkflowName | null, limit: number): Promise<readonly Workflow[]> {
    this.#requireOpen();
    return structuredClone(this.#workflows.page(after, limit));
  }

  async deleteWorkflow(name: WorkflowName): Promise<void> {
    this.#requireOpen();
    if (this.#workflows.remove(name)) this.#onWritten("workflows", 1);
  }

  async workflowsWithInstances(namespace: string, after: string, limit: number): Promise<readonly string[]> {
    this.#requireOpen();
    return this.#heads.workflows(namespace, after, limit);
  }

  async countByStatus(name: WorkflowName) {
    this.#requireOpen();
    return this.#heads.countByStatus(name);
  }

  async takeSlot(slot: Slot): Promise<"taken" | "held"> {
    this.#requireOpen();
    const outcome = this.#slots.take(structuredClone(slot));
    if (outcome === "taken") this.#onWritten("slots", 1);
    return outcome === "held" ? "held" : "taken";
  }

  async dropSlot(slot: Slot): Promise<void> {
    this.#requireOpen();
    if (this.#slots.drop(slot)) this.#onWritten("slots", 1);
  }

  async freeSlot(workflow: WorkflowName, holder: SlotHolder): Promise<number | null> {
    this.#requireOpen();
    const place = this.#slots.free(workflow, holder);
    if (place !== null) this.#onWritten("slots", 1);
    return place;
  }

  async slots(workflow: WorkflowName): Promise<readonly Slot[]> {
    this.#requireOpen();
    return structuredClone(this.#slots.of(workflow));
  }

  async leasedIn(workflow: WorkflowName, after: string, limit: number) {
    this.#requireOpen();
    return structuredClone(this.#heads.leasedIn(workflow, after, limit));
  }

  async countLeased(limit: number): Promise<number> {
    this.#requireOpen();
    return Math.min(this.#heads.leasedCount, limit);
  }

  async ping(): Promise<void> {
    this.#requireOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #wroteBlobs(chunks: number): void {
    if (chunks > 0) this.#onWritten("blobs", chunks);
  }

  #records({ uid, run }: JournalId): Map<number, JournalRecord> {
    const runs = this.#journals.get(uid) ?? new Map<number, Map<number, JournalRecord>>();
    const records = runs.get(run) ?? new Map<number, JournalRecord>();
    this.#journals.set(uid, runs.set(run, records));
    return records;
  }

  #requireOpen(): void {
    if (this.#closed) throw new EngineError("STORE_UNAVAILABLE", "the store is closed");
  }
}
