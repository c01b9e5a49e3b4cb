import {
  createClient,
  createRouterTransport,
  type Client,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { createApp, type App } from "../../../../services/engine/src/app/engine-app.ts";
import type { InstanceView } from "../../../../services/engine/src/app/caller-api.ts";
import type { Entry, JournalRecord } from "../../../../services/engine/src/domain/entry.ts";
import { isFinished } from "../../../../services/engine/src/domain/lifecycle.ts";
import { refusalInterceptor } from "../../../../services/engine/src/rpc/refusal-interceptor.ts";
import { ruleInterceptor } from "../../../../services/engine/src/rpc/rules.ts";
import { workerHandlers } from "../../../../services/engine/src/rpc/worker-handlers.ts";
import { workflowHandlers } from "../../../../services/engine/src/rpc/workflow-handlers.ts";
import { MemoryStore } from "../../../../services/engine/src/store/memory/memory-store.ts";
import { encodeValue } from "../../../../sdk/typescript/src/values/encode.ts";
import { decodeValue } from "../../../../sdk/typescript/src/values/decode.ts";
import { payloadFromMessage, payloadToMessage } from "../../../../services/engine/src/rpc/payload.ts";
import { ShiftedClock } from "./shifted-clock.ts";

export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Longer than any sleep of a test: time can be moved on without the loss of leases. */
const LEASE_MS = 90 * 86_400_000;

export interface EngineOptions {
  readonly leaseMs?: number;
  readonly stepLimit?: number;
}

/** The real engine over a memory store, reached without sockets. */
export class MemoryEngine {
  readonly clock = new ShiftedClock();
  readonly app: App;
  readonly workflows: Client<typeof WorkflowService>;
  readonly #leaseMs: number;
  #closed = false;

  constructor({ leaseMs = LEASE_MS, stepLimit = 10_000 }: EngineOptions = {}) {
    this.#leaseMs = leaseMs;
    const retention = { successMs: 3_600_000, failureMs: 3_600_000 };
    const config = { leaseMs, retention, stepLimit, pollsMax: 1_000 };
    this.app = createApp({ store: new MemoryStore(() => {}), clock: this.clock, log: SILENT, config });
    this.app.start();
    this.workflows = createClient(WorkflowService, this.transport());
  }

  /** A connection to the engine, with faults if wanted. */
  transport(...interceptors: readonly Interceptor[]): Transport {
    return createRouterTransport(
      (router) => {
        router.service(WorkerService, workerHandlers(this.app.workers));
        router.service(WorkflowService, workflowHandlers(this.app.callers));
      },
      {
        router: { interceptors: [refusalInterceptor(SILENT), ruleInterceptor] },
        transport: { interceptors: [...interceptors] },
      },
    );
  }

  async create(workflow: string, id: string, params?: unknown): Promise<void> {
    const payload =
      params === undefined
        ? ({ form: "json", text: "{}" } as const)
        : payloadFromMessage(encodeValue(params), "params");
    const instance = { id, params: payload, retention: { successMs: null, failureMs: null } };
    await this.app.callers.create({ namespace: "default", workflow }, instance, null);
  }

  get(workflow: string, id: string): Promise<InstanceView> {
    return this.app.callers.get({ namespace: "default", workflow, id });
  }

  async journal(workflow: string, id: string): Promise<readonly JournalRecord[]> {
    const records: JournalRecord[] = [];
    for (;;) {
      const page = await this.app.callers.journal({ namespace: "default", workflow, id }, records.length, 1_000);
      records.push(...page.records);
      if (records.length >= page.position) return records;
    }
  }

  /** What the journal says, one text an entry: "stepCompleted a-1". */
  async story(workflow: string, id: string): Promise<readonly (readonly string[])[]> {
    return (await this.journal(workflow, id)).map(({ entries }) => entries.map(entryText));
  }

  /** Waits for the end and returns what the instance came to. */
  async end(workflow: string, id: string): Promise<{ status: string; output?: unknown; error?: object }> {
    const name = { namespace: "default", workflow, id };
    for (;;) {
      const view = await this.app.callers.waitForEnd(name, 20_000, new AbortController().signal);
      if (this.#closed) throw new Error(`the engine was closed while ${id} was ${view.index.status}`);
      if (!isFinished(view.index.status)) continue;
      return {
        status: view.index.status,
        ...(view.output !== null && { output: decodeValue(payloadToMessage(view.output)) }),
        ...(view.failure !== null && { error: { name: view.failure.name, message: view.failure.message } }),
      };
    }
  }

  /** Waits until the instance's journal satisfies a test. */
  async until(workflow: string, id: string, seen: (entries: readonly string[]) => boolean): Promise<void> {
    const name = { namespace: "default", workflow, id };
    const entries: string[] = [];
    for await (const { record } of this.app.callers.watch(name, { position: 0, run: null }, new AbortController().signal)) {
      entries.push(...record.entries.map(entryText));
      if (seen(entries)) return;
    }
    throw new Error(`the run ended before: ${entries.join(", ")}`);
  }

  sendEvent(workflow: string, id: string, type: string, payload: unknown): Promise<unknown> {
    const event = { type, payload: payloadFromMessage(encodeValue(payload), "payload"), requestId: null };
    return this.app.callers.sendEvent({ namespace: "default", workflow, id }, event);
  }

  command(workflow: string, id: string, command: "pause" | "resume" | "terminate" | "restart"): Promise<unknown> {
    return this.app.callers.command({ namespace: "default", workflow, id }, command);
  }

  get leaseMs(): number {
    return this.#leaseMs;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.app.drain();
    await this.app.close();
  }
}

export function entryText(entry: Entry): string {
  if (!("key" in entry)) return entry.kind;
  const attempt = "attempt" in entry && entry.attempt > 1 ? `#${entry.attempt}` : "";
  return `${entry.kind} ${entry.key.name}-${entry.key.count}${attempt}`;
}
