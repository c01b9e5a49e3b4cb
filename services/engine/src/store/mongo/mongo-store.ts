import type { MongoClient } from "mongodb";
import { EngineError } from "../../domain/errors.ts";
import type { Head } from "../../domain/head.ts";
import type { InstanceName, WorkflowName } from "../../domain/name.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Workflow } from "../../domain/workflow.ts";
import type { Slot, SlotHolder } from "../slot-store.ts";
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
import type { OnWritten } from "../written.ts";
import { BlobCollection } from "./blob-collection.ts";
import { connect, type Connection } from "./connect.ts";
import { HeadCollection } from "./head-collection.ts";
import { HeadIndexes, indexUpdate } from "./head-indexes.ts";
import { HeadQueries } from "./head-queries.ts";
import { reaching } from "./mongo-errors.ts";
import { RecordCollection } from "./record-collection.ts";
import { RemovalCollection } from "./removal-collection.ts";
import { SessionCollection } from "./session-collection.ts";
import { SlotCollection } from "./slot-collection.ts";
import { WorkflowCollection } from "./workflow-collection.ts";

/** Keeps everything in a MongoDB replica set or sharded cluster that any number of engines share. */
export class MongoStore implements Store {
  readonly description: string;
  readonly exclusive = false;
  readonly #client: MongoClient;
  readonly #records: RecordCollection;
  readonly #heads: HeadCollection;
  readonly #indexes: HeadIndexes;
  readonly #queries: HeadQueries;
  readonly #removals: RemovalCollection;
  readonly #sessions: SessionCollection;
  readonly #blobs: BlobCollection;
  readonly #workflows: WorkflowCollection;
  readonly #slots: SlotCollection;
  readonly #calls = new Set<Promise<unknown>>();
  #closed = false;

  private constructor({ client, collections, version }: Connection, onWritten: OnWritten) {
    this.description = `mongodb ${version}`;
    this.#client = client;
    this.#records = new RecordCollection(collections.journal, onWritten);
    this.#heads = new HeadCollection(collections.heads, onWritten);
    this.#indexes = new HeadIndexes(collections.heads, onWritten);
    this.#queries = new HeadQueries(collections.heads);
    this.#removals = new RemovalCollection(collections.removals, onWritten);
    this.#sessions = new SessionCollection(collections.sessions, onWritten);
    this.#blobs = new BlobCollection(collections.blobs, onWritten);
    this.#workflows = new WorkflowCollection(collections.workflows, collections.heads, onWritten);
    this.#slots = new SlotCollection(collections.slots, onWritten);
  }

  /** Connects and makes what is missing. @throws {Error} with a sentence for the operator. */
  static async open(url: string, onWritten: OnWritten): Promise<MongoStore> {
    return new MongoStore(await connect(url), onWritten);
  }

  async create(head: Head): Promise<"created" | "exists"> {
    return this.#call(() => this.#heads.create(head));
  }

  async head(name: InstanceName): Promise<Head | undefined> {
    return this.#call(() => this.#heads.get(name));
  }

  async append(commit: StoreCommit): Promise<"appended" | "conflict"> {
    return this.#call(async () => {
      const update = commit.index === null ? null : indexUpdate(commit, commit.index);
      await this.#indexes.summon(commit);
      const appended = await this.#records.append(commit);
      if (appended === "conflict" || update === null) return appended;
      const written = this.#indexes.replace(update);
      if (commit.awaitIndex) await written;
      // It is owed: what fails here is written later.
      else written.catch(() => {});
      return appended;
    });
  }

  async journal(journal: JournalId, after: number, page: JournalPage): Promise<JournalSlice> {
    return this.#call(() => this.#records.page(journal, after, page));
  }

  async ready(query: ReadyQuery) {
    return this.#call(() => this.#queries.ready(query));
  }

  async leasedTo(session: string, after: InstanceName | null, limit: number) {
    return this.#call(() => this.#queries.leasedTo(session, after, limit));
  }

  async leaseHolders(): Promise<readonly string[]> {
    return this.#call(() => this.#queries.leaseHolders());
  }

  async list(query: ListQuery): Promise<readonly Head[]> {
    return this.#call(() => this.#queries.list(query));
  }

  async purgeable(now: EpochMs, limit: number) {
    return this.#call(() => this.#queries.purgeable(now, limit));
  }

  async releaseName(name: InstanceName, uid: string, journalsUntil: EpochMs): Promise<void> {
    await this.#call(async () => {
      await this.#removals.add({ name, uid }, journalsUntil);
      await this.#heads.remove(name, uid);
    });
  }

  async removable(now: EpochMs, limit: number): Promise<readonly InstancePointer[]> {
    return this.#call(() => this.#removals.due(now, limit));
  }

  async removeJournals({ name, uid }: InstancePointer): Promise<void> {
    await this.#call(async () => {
      await this.#heads.remove(name, uid);
      await this.#blobs.remove(uid);
      await this.#records.remove(uid);
      await this.#removals.remove(uid);
    });
  }

  async putChunk(chunk: ChunkKey, bytes: Uint8Array): Promise<void> {
    await this.#call(() => this.#blobs.put(chunk, bytes));
  }

  async chunk(chunk: ChunkKey): Promise<Uint8Array | undefined> {
    return this.#call(() => this.#blobs.get(chunk));
  }

  async blobSize(uid: string, blob: string): Promise<BlobSize> {
    return this.#call(() => this.#blobs.size(uid, blob));
  }

  async dropBlobs(uid: string, prefix: string, kept: string): Promise<void> {
    await this.#call(() => this.#blobs.drop(uid, prefix, kept));
  }

  async extendSession(session: Session, now: EpochMs, register: boolean): Promise<"alive" | "lost"> {
    return this.#call(() => this.#sessions.extend(session, now, register));
  }

  async endSession(id: string): Promise<void> {
    await this.#call(() => this.#sessions.end(id));
  }

  async aliveSessions(now: EpochMs): Promise<readonly string[]> {
    return this.#call(() => this.#sessions.alive(now));
  }

  async putWorkflow(workflow: Workflow, replaces: string | null): Promise<"put" | "conflict"> {
    return this.#call(() => this.#workflows.put(workflow, replaces));
  }

  async workflow(name: WorkflowName): Promise<Workflow | undefined> {
    return this.#call(() => this.#workflows.get(name));
  }

  async workflows(after: WorkflowName | null, limit: number): Promise<readonly Workflow[]> {
    return this.#call(() => this.#workflows.page(after, limit));
  }

  async deleteWorkflow(name: WorkflowName): Promise<void> {
    await this.#call(() => this.#workflows.remove(name));
  }

  async workflowsWithInstances(namespace: string, after: string, limit: number): Promise<readonly string[]> {
    return this.#call(() => this.#workflows.withInstances(namespace, after, limit));
  }

  async countByStatus(name: WorkflowName) {
    return this.#call(() => this.#workflows.countByStatus(name));
  }

  async takeSlot(slot: Slot): Promise<"taken" | "held"> {
    return this.#call(() => this.#slots.take(slot));
  }

  async dropSlot(slot: Slot): Promise<void> {
    await this.#call(() => this.#slots.drop(slot));
  }

  async freeSlot(workflow: WorkflowName, holder: SlotHolder): Promise<number | null> {
    return this.#call(() => this.#slots.free(workflow, holder));
  }

  async slots(workflow: WorkflowName): Promise<readonly Slot[]> {
    return this.#call(() => this.#slots.taken(workflow));
  }

  async leasedIn(workflow: WorkflowName, after: string, limit: number) {
    return this.#call(() => this.#queries.leasedIn(workflow, after, limit));
  }

  async countLeased(limit: number): Promise<number> {
    return this.#call(() => this.#queries.countLeased(limit));
  }

  async ping(): Promise<void> {
    await this.#call(() => this.#client.db("admin").command({ ping: 1 }, { readPreference: "primary" }));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#calls);
    try {
      await reaching(() => this.#indexes.close());
    } finally {
      await this.#client.close();
    }
  }

  /** Keeps the connection open for it. Once closed, the driver would connect again. */
  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new EngineError("STORE_UNAVAILABLE", "the store is closed");
    const call = reaching(work);
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }
}
