import type { Head } from "../../domain/head.ts";
import { serialize } from "bson";
import { nameText, workflowText, type InstanceName, type WorkflowName } from "../../domain/name.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Workflow } from "../../domain/workflow.ts";
import { readStatus, writeWorkflow } from "../document.ts";
import { wholeMs } from "../document/values.ts";
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
import { appendRow, headOf, nameOf, newHeadRow, recordOf, workflowOf } from "./rows.ts";
import { ThreadLink } from "./thread-link.ts";

/** Keeps everything in one file that belongs to this process. A thread of its own waits for the disk. */
export class SqliteStore implements Store {
  readonly description: string;
  readonly exclusive = true;
  readonly #link: ThreadLink;

  private constructor(link: ThreadLink) {
    this.#link = link;
    this.description = `sqlite ${link.version}`;
  }

  /** Opens a file, or makes it together with its folder. @throws {Error} with a sentence for the operator. */
  static async open(path: string, onWritten: OnWritten): Promise<SqliteStore> {
    return new SqliteStore(await ThreadLink.open(path, onWritten));
  }

  async create(head: Head): Promise<"created" | "exists"> {
    return (await this.#link.ask("create", newHeadRow(head))) ? "created" : "exists";
  }

  async head(name: InstanceName): Promise<Head | undefined> {
    const row = await this.#link.ask("head", nameText(name));
    return row === null ? undefined : headOf(row);
  }

  async append(commit: StoreCommit): Promise<"appended" | "conflict"> {
    return (await this.#link.ask("append", appendRow(commit))) ? "appended" : "conflict";
  }

  async journal(journal: JournalId, after: number, page: JournalPage): Promise<JournalSlice> {
    const { records, more } = await this.#link.ask("journal", journal.uid, journal.run, after, page);
    return { records: records.map(({ position, record }) => recordOf(journal, position, record)), more };
  }

  async ready(query: ReadyQuery) {
    return (await this.#link.ask("ready", query)).map((row) => ({ ...row, name: nameOf(row.name) }));
  }

  async leasedTo(session: string, after: InstanceName | null, limit: number) {
    const rows = await this.#link.ask("leasedTo", session, after === null ? "" : nameText(after), limit);
    return rows.map((row) => ({ ...row, name: nameOf(row.name) }));
  }

  async leaseHolders(): Promise<readonly string[]> {
    return this.#link.ask("leaseHolders");
  }

  async list(query: ListQuery): Promise<readonly Head[]> {
    return (await this.#link.ask("list", query)).map(headOf);
  }

  async purgeable(now: EpochMs, limit: number) {
    return (await this.#link.ask("purgeable", now, limit)).map((row) => ({ ...row, name: nameOf(row.name) }));
  }

  async releaseName(name: InstanceName, uid: string, journalsUntil: EpochMs): Promise<void> {
    await this.#link.ask("releaseName", nameText(name), uid, journalsUntil);
  }

  async removable(now: EpochMs, limit: number) {
    return (await this.#link.ask("removable", now, limit)).map((row) => ({ ...row, name: nameOf(row.name) }));
  }

  async removeJournals({ name, uid }: InstancePointer): Promise<void> {
    await this.#link.ask("removeJournals", nameText(name), uid);
  }

  async putChunk(chunk: ChunkKey, bytes: Uint8Array): Promise<void> {
    await this.#link.ask("putChunk", chunk, bytes);
  }

  async chunk(chunk: ChunkKey): Promise<Uint8Array | undefined> {
    return (await this.#link.ask("chunk", chunk)) ?? undefined;
  }

  async blobSize(uid: string, blob: string): Promise<BlobSize> {
    return this.#link.ask("blobSize", uid, blob);
  }

  async dropBlobs(uid: string, prefix: string, kept: string): Promise<void> {
    await this.#link.ask("dropBlobs", uid, prefix, kept);
  }

  async extendSession(session: Session, now: EpochMs, register: boolean): Promise<"alive" | "lost"> {
    return (await this.#link.ask("extendSession", session, now, register)) ? "alive" : "lost";
  }

  async endSession(id: string): Promise<void> {
    await this.#link.ask("endSession", id);
  }

  async aliveSessions(now: EpochMs): Promise<readonly string[]> {
    return this.#link.ask("aliveSessions", now);
  }

  async putWorkflow(workflow: Workflow, replaces: string | null): Promise<"put" | "conflict"> {
    const document = serialize(writeWorkflow(workflow));
    const name = workflowText(workflow.name);
    return (await this.#link.ask("putWorkflow", name, workflow.revision, document, replaces)) ? "put" : "conflict";
  }

  async workflow(name: WorkflowName): Promise<Workflow | undefined> {
    const row = await this.#link.ask("workflow", workflowText(name));
    return row === null ? undefined : workflowOf(row);
  }

  async workflows(after: WorkflowName | null, limit: number): Promise<readonly Workflow[]> {
    return (await this.#link.ask("workflows", after === null ? "" : workflowText(after), limit)).map(workflowOf);
  }

  async deleteWorkflow(name: WorkflowName): Promise<void> {
    await this.#link.ask("deleteWorkflow", workflowText(name));
  }

  async workflowsWithInstances(namespace: string, after: string, limit: number): Promise<readonly string[]> {
    return this.#link.ask("workflowsWithInstances", namespace, after, limit);
  }

  async countByStatus(name: WorkflowName) {
    const rows = await this.#link.ask("countByStatus", name.namespace, name.workflow);
    return new Map(rows.map(({ status, instances }) => [readStatus(workflowText(name), status), instances]));
  }

  async takeSlot({ workflow, place, holder, token, takenAt }: Slot): Promise<"taken" | "held"> {
    const row = { ...holder, place, token, takenAt: wholeMs(takenAt) };
    return (await this.#link.ask("takeSlot", workflowText(workflow), row)) ? "taken" : "held";
  }

  async dropSlot({ workflow, place, token }: Slot): Promise<void> {
    await this.#link.ask("dropSlot", workflowText(workflow), place, token);
  }

  async freeSlot(workflow: WorkflowName, holder: SlotHolder): Promise<number | null> {
    return this.#link.ask("freeSlot", workflowText(workflow), holder);
  }

  async slots(workflow: WorkflowName): Promise<readonly Slot[]> {
    const rows = await this.#link.ask("slots", workflowText(workflow));
    return rows.map(({ place, token, takenAt, ...holder }) => ({
      workflow,
      place,
      token,
      takenAt,
      holder: { ...holder },
    }));
  }

  async leasedIn(workflow: WorkflowName, after: string, limit: number) {
    const last = after === "" ? "" : nameText({ ...workflow, id: after });
    const rows = await this.#link.ask("leasedIn", workflow.namespace, workflow.workflow, last, limit);
    return rows.map((row) => ({ ...row, name: nameOf(row.name) }));
  }

  async countLeased(limit: number): Promise<number> {
    return this.#link.ask("countLeased", limit);
  }

  async ping(): Promise<void> {
    await this.#link.ask("ping");
  }

  async close(): Promise<void> {
    await this.#link.close();
  }
}
