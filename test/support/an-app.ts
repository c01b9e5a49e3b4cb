import { createApp, type App, type AppConfig } from "../../services/engine/src/app/engine-app.ts";
import type { NewInstance } from "../../services/engine/src/app/caller-api.ts";
import type { LeaseRef, Poll, Polled, TaskCommit } from "../../services/engine/src/app/worker-api.ts";
import { EMPTY_OBJECT, type Payload } from "../../services/engine/src/domain/payload.ts";
import type { Operation } from "../../services/engine/src/domain/operation.ts";
import { LOAD_LIMITS } from "../../services/engine/src/domain/limits.ts";
import { DEFAULT_STEP_CONFIG } from "../../services/engine/src/domain/retry.ts";
import type { StepKey } from "../../services/engine/src/domain/step.ts";
import { MemoryStore } from "../../services/engine/src/store/memory/memory-store.ts";
import type { Store } from "../../services/engine/src/store/store.ts";
import { ManualClock, settled } from "./manual-clock.ts";

export const LEASE_MS = 30_000;

export const CONFIG: AppConfig = {
  leaseMs: LEASE_MS,
  retention: { successMs: 3_600_000, failureMs: 7_200_000 },
  stepLimit: 10_000,
  instanceBytesMax: 1_073_741_824,
  pollsMax: 100,
  load: LOAD_LIMITS,
};

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export const WORKFLOW = { namespace: "default", workflow: "greet" };

/** A replica over a memory store and a clock that a test moves. */
export class AnApp {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly app: App;

  constructor(options: { clock?: ManualClock; store?: Store; config?: Partial<AppConfig> } = {}) {
    this.clock = options.clock ?? new ManualClock();
    this.store = options.store ?? new MemoryStore(() => {});
    this.app = createApp({
      store: this.store,
      clock: this.clock,
      log: SILENT,
      config: { ...CONFIG, ...options.config },
    });
    this.app.start();
  }

  create(id: string, instance: Partial<NewInstance> = {}, requestId: string | null = null) {
    return this.app.callers.create(WORKFLOW, { ...aNewInstance(id), ...instance }, requestId);
  }

  poll(session: string, poll: Partial<Poll> = {}, signal: AbortSignal = new AbortController().signal): Promise<Polled> {
    return this.app.workers.poll({ ...aPoll(session), ...poll }, signal);
  }

  /** Polls once, and returns what came when all is quiet. */
  async take(session: string, poll: Partial<Poll> = {}): Promise<Polled> {
    const polled = this.poll(session, { holdMs: 0, ...poll });
    await settled();
    await this.clock.advance(0);
    return polled;
  }

  async report(
    session: string,
    lease: LeaseRef,
    sequence: number,
    operations: readonly Operation[],
    rest: Partial<TaskCommit> = {},
  ) {
    const commit = { lease, sequence, seenPosition: 0, operations, park: false, ...rest };
    const [result] = await this.app.workers.commit(session, [commit]);
    if (result === undefined) throw new Error("no result");
    return result;
  }

  status(id: string) {
    return this.app.callers.get({ ...WORKFLOW, id }).then((view) => view.index.status);
  }

  close(): Promise<void> {
    this.app.drain();
    return this.app.close();
  }
}

export function aNewInstance(id: string | null): NewInstance {
  return { id, params: EMPTY_OBJECT, retention: { successMs: null, failureMs: null } };
}

export function aPoll(session: string): Poll {
  return { session, workerName: null, namespace: "default", workflows: ["greet"], slots: 10, holdMs: 20_000 };
}

export function json(value: unknown): Payload {
  return { form: "json", text: JSON.stringify(value) };
}

export function step(name: string, count = 1): StepKey {
  return { kind: "do", name, count };
}

export function starts(name: string, alreadyRunning = false, attempt = 1): Operation {
  return { kind: "startStep", key: step(name), attempt, config: DEFAULT_STEP_CONFIG, alreadyRunning, runningForMs: 0 };
}

export function completes(name: string, output: unknown = name, attempt = 1): Operation {
  return { kind: "completeStep", key: step(name), attempt, output: json(output) };
}

export const ENDS: Operation = { kind: "completeInstance", output: json("done") };
