import { Code, ConnectError, createRouterTransport, type Transport } from "@connectrpc/connect";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import type { Clock } from "./app/clock.ts";
import { createApp, type App } from "./app/engine-app.ts";
import type { Log } from "./app/log.ts";
import { isRefusal } from "./domain/errors.ts";
import { INSTANCE_BYTES_MAX, LOAD_LIMITS, STEPS_MAX } from "./domain/limits.ts";
import { isFinished, type Status } from "./domain/lifecycle.ts";
import { nameText, type InstanceName } from "./domain/name.ts";
import type { InstanceState } from "./domain/state.ts";
import type { StepKey } from "./domain/step.ts";
import { DAY_MS, type EpochMs } from "./domain/time.ts";
import { refusalInterceptor } from "./rpc/refusal-interceptor.ts";
import { ruleInterceptor } from "./rpc/rules.ts";
import { workerHandlers } from "./rpc/worker-handlers.ts";
import { workflowHandlers } from "./rpc/workflow-handlers.ts";
import { MemoryStore } from "./store/memory/memory-store.ts";
import type { Store } from "./store/store.ts";

export type { Cancel, Clock } from "./app/clock.ts";

/** A thousand years: no jump of the clock costs a worker in the same process its leases, nor an instance its record. */
const AGE_MS = 365_250 * DAY_MS;

/** Polls held at once: those of one worker, with room for more. */
const POLLS_MAX = 100;

/** What an instance waits for. */
export interface OpenTimer {
  readonly kind: "sleep" | "retry" | "wait";
  readonly step: StepKey;
  readonly dueAt: EpochMs;
  /** Any of them ends it. Empty but for a wait. */
  readonly eventTypes: readonly string[];
}

/** An instance after its creation, or after a record of its journal. */
export interface Moved {
  readonly name: InstanceName;
  readonly run: number;
  /** Null: it was just created. */
  readonly before: Status | null;
  readonly status: Status;
  /** It has ended, or is gone. */
  readonly isOver: boolean;
  /** Those that run; none while paused. */
  readonly timers: readonly OpenTimer[];
}

/** An engine in this process and in memory, reached without sockets, in a time that its owner moves: for tests of workflows. */
export interface EmbeddedEngine {
  /** Leads callers and workers to it. Deadlines of calls are dropped: nothing can get lost in between. */
  readonly transport: Transport;
  /** Calls after each creation, before anything of the instance runs, and after each record. */
  onMoved(listener: (moved: Moved) => void): void;
  /** The instances that have not ended. */
  unfinished(): readonly Moved[];
  /** Lets a timer fire before its time, if it runs. */
  skip(name: InstanceName, timer: OpenTimer): Promise<void>;
  /** Removes an instance, whatever it is doing. Without effect when there is none. */
  remove(name: InstanceName): Promise<void>;
  close(): Promise<void>;
}

export interface EmbeddedParts {
  /** The time of instances. */
  readonly clock: Clock;
  /** What long polls are held by: a jump of weeks would end them all. */
  readonly pollClock: Clock;
  readonly log: Log;
}

/** Starts an engine that only this process can reach. What it journals is gone with it. */
export function embedEngine(parts: EmbeddedParts): EmbeddedEngine {
  const store = new MemoryStore(() => {});
  const config = {
    leaseMs: AGE_MS,
    retention: { successMs: AGE_MS, failureMs: AGE_MS },
    stepLimit: STEPS_MAX,
    instanceBytesMax: INSTANCE_BYTES_MAX,
    pollsMax: POLLS_MAX,
    load: LOAD_LIMITS,
  };
  const app = createApp({ store, ...parts, config });
  app.start();
  return new Embedded(store, app, parts.log);
}

class Embedded implements EmbeddedEngine {
  readonly transport: Transport;
  readonly #store: Store;
  readonly #app: App;
  readonly #unfinished = new Map<string, Moved>();
  readonly #closed = new AbortController();

  constructor(store: Store, app: App, log: Log) {
    this.#store = store;
    this.#app = app;
    const transport = createRouterTransport(
      (router) => {
        router.service(WorkflowService, workflowHandlers(app.callers, app.workflows));
        router.service(WorkerService, workerHandlers(app.workers));
      },
      { router: { interceptors: [refusalInterceptor(log), ruleInterceptor] } },
    );
    this.transport = callsTo(transport, this.#closed.signal);
    this.onMoved((moved) => this.#note(moved));
    this.#app.feed.onAny(({ after }) => {
      if (after.purged) this.#unfinished.delete(nameText(after.birth.name));
    });
  }

  onMoved(listener: (moved: Moved) => void): void {
    this.#app.feed.onCreated((state) => listener(movedTo(state, null)));
    this.#app.feed.onAny(({ before, after }) => listener(movedTo(after, before.status)));
  }

  unfinished(): readonly Moved[] {
    return [...this.#unfinished.values()];
  }

  async skip(name: InstanceName, { step }: OpenTimer): Promise<void> {
    await this.#app.instances.move(name, { kind: "skipTimer", key: step }).catch(unlessOver);
  }

  async remove(name: InstanceName): Promise<void> {
    await this.#app.instances.move(name, { kind: "delete" }).catch(unlessOver);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#app.drain();
    await this.#app.close();
    await this.#store.close();
  }

  #note(moved: Moved): void {
    if (moved.isOver) this.#unfinished.delete(nameText(moved.name));
    else this.#unfinished.set(nameText(moved.name), moved);
  }
}

function movedTo(state: InstanceState, before: Status | null): Moved {
  const { birth, run, status } = state;
  const isOver = isFinished(status) || state.purged;
  return { name: birth.name, run, before, status, isOver, timers: state.pausedAt === null ? timersOf(state) : [] };
}

function timersOf({ open }: InstanceState): readonly OpenTimer[] {
  return [...open.values()].flatMap((step): readonly OpenTimer[] => {
    switch (step.status) {
      case "sleeping":
        return [{ kind: "sleep", step: step.key, dueAt: step.dueAt, eventTypes: [] }];
      case "backingOff":
        return [{ kind: "retry", step: step.key, dueAt: step.dueAt, eventTypes: [] }];
      case "awaiting":
        return [{ kind: "wait", step: step.key, dueAt: step.dueAt, eventTypes: step.eventTypes }];
      case "running":
      case "due":
      case "undelivered":
        return [];
    }
  });
}

/** An instance that has ended or is gone needs nothing more. */
function unlessOver(error: unknown): void {
  const isOver = isRefusal(error, "INSTANCE_NOT_FOUND") || isRefusal(error, "INVALID_TRANSITION");
  if (!isOver) throw error;
}

/** Calls that wait as long as they must, and fail for good once the engine is closed. */
function callsTo(transport: Transport, closed: AbortSignal): Transport {
  const requireOpen = (): void => {
    if (closed.aborted) throw new ConnectError("this engine was closed", Code.FailedPrecondition);
  };
  return {
    unary: async (method, signal, _timeoutMs, ...rest) => {
      requireOpen();
      return transport.unary(method, signal, undefined, ...rest);
    },
    stream: async (method, signal, _timeoutMs, ...rest) => {
      requireOpen();
      return transport.stream(method, signal, undefined, ...rest);
    },
  };
}
