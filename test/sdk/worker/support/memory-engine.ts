import {
  createClient,
  createRouterTransport,
  type Client,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { type Instance, InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import type { JournalEntry, JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import { type StepKey, StepKind } from "perdure/proto/perdure/v1/step_pb";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { createApp, type App } from "../../../../services/engine/src/app/engine-app.ts";
import { LOAD_LIMITS, type LoadLimits } from "../../../../services/engine/src/domain/limits.ts";
import { refusalInterceptor } from "../../../../services/engine/src/rpc/refusal-interceptor.ts";
import { ruleInterceptor } from "../../../../services/engine/src/rpc/rules.ts";
import { workerHandlers } from "../../../../services/engine/src/rpc/worker-handlers.ts";
import { workflowHandlers } from "../../../../services/engine/src/rpc/workflow-handlers.ts";
import { MemoryStore } from "../../../../services/engine/src/store/memory/memory-store.ts";
import { decodeValue } from "../../../../sdk/typescript/src/values/decode.ts";
import { encodeValue } from "../../../../sdk/typescript/src/values/encode.ts";
import { ShiftedClock } from "./shifted-clock.ts";

export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Longer than any sleep of a test: time can be moved on without the loss of leases. */
const LEASE_MS = 90 * 86_400_000;

export interface EngineOptions {
  readonly leaseMs?: number;
  readonly stepLimit?: number;
  readonly instanceBytesMax?: number;
  readonly load?: LoadLimits;
}

/** The real engine over a memory store, reached without sockets. Instances are those of the workflow "w". */
export class MemoryEngine {
  readonly clock = new ShiftedClock();
  readonly leaseMs: number;
  readonly #app: App;
  readonly #calls: Client<typeof WorkflowService>;
  #closed = false;

  constructor({
    leaseMs = LEASE_MS,
    stepLimit = 10_000,
    instanceBytesMax = 1_073_741_824,
    load = LOAD_LIMITS,
  }: EngineOptions = {}) {
    this.leaseMs = leaseMs;
    const retention = { successMs: 3_600_000, failureMs: 3_600_000 };
    const config = { leaseMs, retention, stepLimit, instanceBytesMax, pollsMax: 1_000, load };
    this.#app = createApp({ store: new MemoryStore(() => {}), clock: this.clock, log: SILENT, config });
    this.#app.start();
    this.#calls = createClient(WorkflowService, this.transport());
  }

  /** A connection to the engine, with faults if wanted. */
  transport(...interceptors: readonly Interceptor[]): Transport {
    return createRouterTransport(
      (router) => {
        router.service(WorkerService, workerHandlers(this.#app.workers));
        router.service(WorkflowService, workflowHandlers(this.#app.callers, this.#app.workflows));
      },
      {
        router: { interceptors: [refusalInterceptor(SILENT), ruleInterceptor] },
        transport: { interceptors: [...interceptors] },
      },
    );
  }

  async create(id: string, params?: unknown): Promise<void> {
    const instance = { instanceId: id, ...(params !== undefined && { params: encodeValue(params) }) };
    await this.#calls.createInstance({ workflow: "w", instance });
  }

  /** Gives the workflow schedules in place of those it had. */
  async schedule(...schedules: readonly string[]): Promise<void> {
    await this.#calls.putWorkflow({ workflow: "w", settings: { schedules: [...schedules] } });
  }

  async get(id: string): Promise<Instance> {
    return (await this.#calls.getInstance({ ref: refOf(id) })).instance!;
  }

  async journal(id: string): Promise<readonly JournalRecord[]> {
    const records: JournalRecord[] = [];
    for (;;) {
      const page = await this.#calls.getJournal({ ref: refOf(id), afterPosition: records.length, pageSize: 1_000 });
      records.push(...page.records);
      if (records.length >= page.position) return records;
    }
  }

  /** Waits for the end and returns what the instance came to. */
  async end(id: string): Promise<{ status: string; output?: unknown; error?: object }> {
    for (;;) {
      const { instance } = await this.#calls.waitInstance({ ref: refOf(id) });
      const status = statusOf(instance!);
      if (this.#closed) throw new Error(`the engine was closed while ${id} was ${status}`);
      if (!["complete", "errored", "terminated"].includes(status)) continue;
      const { output, failure } = instance!;
      return {
        status,
        ...(output !== undefined && { output: decodeValue(output) }),
        ...(failure !== undefined && { error: { name: failure.name, message: failure.message } }),
      };
    }
  }

  /** Waits until an entry, "stepStarted a-1" say, is in the journal. */
  async until(id: string, entry: string): Promise<void> {
    for await (const { record } of this.#calls.watchInstance({ ref: refOf(id) })) {
      if (record?.entries.some((one) => entryText(one) === entry) === true) return;
    }
    throw new Error(`the run ended without ${entry}`);
  }

  async sendEvent(id: string, type: string, payload: unknown): Promise<void> {
    await this.#calls.sendEvent({ ref: refOf(id), type, payload: encodeValue(payload) });
  }

  async command(id: string, command: "pause" | "resume" | "terminate" | "restart"): Promise<void> {
    await this.#calls[`${command}Instance`]({ ref: refOf(id) });
  }

  async terminateWithRollback(id: string): Promise<void> {
    await this.#calls.terminateInstance({ ref: refOf(id), rollback: true });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#app.drain();
    await this.#app.close();
  }
}

const refOf = (instanceId: string) => ({ workflow: "w", instanceId });

/** The model's word, "waitingForPause" for WAITING_FOR_PAUSE. */
export function statusOf({ status }: Instance): string {
  const [name = ""] = Object.entries(InstanceStatus).find(([, value]) => value === status) ?? [];
  return name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** "stepCompleted a-1", "undo stepCompleted a-1" in a rollback, or with "#2" the second attempt. */
export function entryText({ entry }: JournalEntry): string {
  const { key, attempt = 1 } = (entry.value ?? {}) as { key?: StepKey; attempt?: number };
  if (key === undefined) return entry.case ?? "";
  const undo = key.kind === StepKind.ROLLBACK ? "undo " : "";
  return `${undo}${entry.case} ${key.name}-${key.count}${attempt > 1 ? `#${attempt}` : ""}`;
}
