import { Code, ConnectError, type Interceptor, type UnaryResponse } from "@connectrpc/connect";
import { type CommitTasksRequest, CommitTasksResponseSchema } from "perdure/proto/perdure/v1/worker_service_pb";
import { LeaseState } from "perdure/proto/perdure/v1/task_pb";
import { isMessage, type Message } from "@bufbuild/protobuf";
import { serve, type Worker, type WorkerOptions } from "../../../sdk/typescript/src/worker.ts";
import { CONFIGURATION } from "./configuration.ts";
import { type Engine, SILENT } from "./engine.ts";

/** With the cache's size 0, each wake replays. */
const CACHE = CONFIGURATION.worker === "evicted" ? { cacheSize: 0 } : {};

/** The one worker that there is at a time; in a configuration where workers are killed, the next one takes its place. */
export class Fleet {
  readonly #engine: Engine;
  readonly #options: Omit<WorkerOptions, "engine">;
  readonly #all: Worker[] = [];
  #cut = new AbortController();
  #closed = false;

  constructor(engine: Engine, options: Omit<WorkerOptions, "engine" | "workerName">) {
    this.#engine = engine;
    // A new worker of a name ends the older one's session at once.
    this.#options = { log: SILENT, graceMs: 0, ...CACHE, ...options, workerName: "behaviour" };
  }

  async start(): Promise<void> {
    this.#cut = new AbortController();
    const worker = serve({ ...this.#options, engine: this.#engine.transport(this.#line(this.#cut)) });
    this.#all.push(worker);
    await worker.ready;
  }

  /** Ends the worker as the loss of its machine would, at the engine's end; another one takes over. */
  kill(): void {
    this.#cut.abort();
    // Of this farewell and all that follows the engine hears nothing.
    void this.#all.at(-1)?.stop();
    if (!this.#closed) void this.start().catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all.map((worker) => worker.stop()));
  }

  /** The worker's connection, which is cut when a commit is accepted that is not an instance's last: no answer comes. */
  #line(cut: AbortController): Interceptor {
    return (next) => async (request) => {
      if (cut.signal.aborted) throw killed();
      const signal = AbortSignal.any([request.signal, cut.signal]);
      const response = await next({ ...request, signal });
      if (cut.signal.aborted) throw killed();
      if (CONFIGURATION.worker !== "killed" || response.stream || request.stream) return response;
      if (!leavesWork(request.message, response)) return response;
      this.kill();
      throw killed();
    };
  }
}

/** Not a code that calls are made again for. */
const killed = (): ConnectError => new ConnectError("the worker was killed", Code.PermissionDenied);

/**
 * Whether a call has reported something, and an instance has to go on after it. That a step is tried again is let
 * through when it is told alone: otherwise a callback whose start must be told first would never be called.
 */
function leavesWork(request: Message, { message }: UnaryResponse): boolean {
  if (!isMessage(message, CommitTasksResponseSchema)) return false;
  const { commits } = request as CommitTasksRequest;
  return message.results.some(({ outcome }, index) => {
    if (outcome.case !== "accepted" || outcome.value.leaseState === LeaseState.FINISHED) return false;
    return (
      commits[index]?.operations.some(
        ({ operation: { case: kind, value } }) => kind !== "startStep" || value.attempt < 2,
      ) === true
    );
  });
}
