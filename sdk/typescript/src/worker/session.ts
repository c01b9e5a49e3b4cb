import { type Client, createClient } from "@connectrpc/connect";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Task } from "../../gen/perdure/v1/task_pb.ts";
import { type PollTasksResponse, WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import type { EngineAddress, EngineConnection } from "../transport.ts";
import { retrying } from "../transport-retry.ts";
import { type Heartbeat, startHeartbeat } from "./heartbeat.ts";
import { plainNotice } from "./heartbeat-loop.ts";
import type { PlainNotice } from "./heartbeat-messages.ts";
import { HeldRoll } from "./held-roll.ts";
import { Holding } from "./holding.ts";
import { instanceText } from "./instance-identity.ts";
import type { Log } from "./log.ts";
import { PollLoop } from "./poll-loop.ts";
import { Reporter } from "./reporter.ts";
import { RunCache } from "./run-cache.ts";
import { identityOf } from "./task-run.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

/** For a farewell that the engine need not hear: it finds out by itself. */
const SHUTDOWN_TIMEOUT_MS = 5_000;
const SHUTDOWN_ATTEMPTS_MAX = 3;

export interface SessionParts {
  readonly engine: EngineAddress;
  readonly connection: EngineConnection;
  readonly definitions: ReadonlyMap<string, WorkflowDefinition>;
  readonly namespace: string | undefined;
  readonly workerName: string | undefined;
  /** Instances held at once. */
  readonly slots: number;
  /** Suspended runs kept. */
  readonly cacheSize: number;
  readonly log: Log;
}

/** A worker's presence at the engine, and all it holds there: work that began in one session ends with it. */
export class Session {
  readonly id = randomUUID();
  /** Resolves when the engine says that the session is over. */
  readonly lost: Promise<void>;
  readonly #parts: SessionParts;
  readonly #client: Client<typeof WorkerService>;
  readonly #closed = new AbortController();
  readonly #positions: SharedArrayBuffer;
  readonly #roll: HeldRoll;
  readonly #reporter: Reporter;
  readonly #polls: PollLoop;
  readonly #cache: RunCache;
  /** By lease token. */
  readonly #holdings = new Map<string, Holding>();
  /** By instance: an older holding of the same one has lost its lease. */
  readonly #newest = new Map<string, Holding>();
  readonly #onLost: () => void;
  #heartbeat: Heartbeat | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { connection, slots, cacheSize, definitions, namespace, workerName, log } = parts;
    const lost = Promise.withResolvers<void>();
    this.lost = lost.promise;
    this.#onLost = lost.resolve;
    this.#client = createClient(WorkerService, connection.transport);
    this.#positions = HeldRoll.memory(slots);
    this.#roll = new HeldRoll(this.#positions);
    this.#reporter = new Reporter(this.#client, this.id, log);
    this.#cache = new RunCache(cacheSize);
    this.#polls = new PollLoop({
      client: this.#client,
      poller: { session: this.id, workerName, namespace, workflows: [...definitions.keys()] },
      freeSlots: () => slots - this.#holdings.size,
      onAnswer: (answer) => this.#onAnswer(answer),
      onSessionLost: lost.resolve,
      log,
    });
  }

  /**
   * Makes itself known to the engine, waiting for it if need be, and begins to take tasks.
   * @throws ConnectError when the engine refuses the worker; the signal's reason when it fires before.
   */
  async open(signal: AbortSignal): Promise<void> {
    const { engine, log } = this.#parts;
    const onFailure = (error: unknown, failures: number): void => {
      log.warn({ error, failures }, "the engine cannot be reached, trying again");
    };
    signal.addEventListener("abort", () => this.#polls.stop(), { once: true });
    const onNotices = (notices: readonly PlainNotice[]): void => this.#onNotices(notices);
    const options = { engine, session: this.id, positions: this.#positions, onNotices, log };
    this.#heartbeat = await startHeartbeat({ ...options, onSessionLost: this.#onLost });
    await retrying(() => this.#polls.register(), { signal, onFailure });
    this.#heartbeat.begin();
    this.#polls.fill();
  }

  /** Takes no more tasks, lets callbacks in flight end, reports them, and says farewell. */
  async leave(graceMs: number): Promise<void> {
    this.#polls.stop();
    const ends = [...this.#holdings.values()].map((holding) => holding.stop());
    const grace = new AbortController();
    await Promise.race([Promise.all(ends), delay(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
    grace.abort();
    const farewell = (): Promise<unknown> =>
      this.#client.shutdownWorker({ session: this.id }, { timeoutMs: SHUTDOWN_TIMEOUT_MS });
    await retrying(farewell, { attempts: SHUTDOWN_ATTEMPTS_MAX }).catch((error: unknown) => {
      this.#parts.log.warn({ error }, "the engine was not told that this worker stops");
    });
  }

  /** Drops everything: no code of an instance goes on. */
  async close(why: string): Promise<void> {
    this.#closed.abort();
    this.#polls.stop();
    this.#reporter.close();
    for (const holding of this.#holdings.values()) holding.lose(why);
    this.#cache.clear();
    await this.#heartbeat?.stop();
  }

  #onAnswer({ tasks, notices }: PollTasksResponse): void {
    const admitted = tasks.flatMap((task) => this.#admit(task) ?? []);
    // Before any of them runs: its code may block the event loop.
    this.#heartbeat?.hold(admitted.map(({ place, plainLease: lease }) => ({ place, lease })));
    for (const holding of admitted) void this.#work(holding);
    this.#onNotices(notices.map(plainNotice));
  }

  #admit(task: Task): Holding | null {
    const definition = this.#parts.definitions.get(task.lease?.instance?.workflow ?? "");
    const place = this.#roll.findFree();
    if (definition === undefined || place === -1) {
      this.#parts.log.error({ workflow: task.lease?.instance?.workflow }, "a task came that was not asked for");
      return null;
    }
    const { log } = this.#parts;
    const parts = { task, place, definition, cache: this.#cache, reporter: this.#reporter, roll: this.#roll, log };
    const source = { client: this.#client, session: this.id, signal: this.#closed.signal };
    const instance = instanceText(identityOf(task));
    const older = this.#newest.get(instance) ?? null;
    // A wake may overtake the answer to the park before it.
    const parking = task.afterPosition > 0 ? older : null;
    if (parking === null) older?.lose("the instance was handed out anew");
    const holding = new Holding({ ...parts, source, parking });
    this.#newest.set(instance, holding);
    this.#holdings.set(holding.plainLease.token, holding);
    return holding;
  }

  async #work(holding: Holding): Promise<void> {
    await holding.work();
    this.#holdings.delete(holding.plainLease.token);
    const instance = instanceText(holding.identity);
    if (this.#newest.get(instance) === holding) this.#newest.delete(instance);
    this.#polls.fill();
  }

  #onNotices(notices: readonly PlainNotice[]): void {
    for (const { token, leaseLost } of notices) this.#holdings.get(token)?.notice(leaseLost);
  }
}
