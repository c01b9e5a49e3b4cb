import { bindEnv } from "../cloudflare/env.ts";
import type { SettingsMessage } from "../client/workflows.ts";
import { connectEngine } from "../transport.ts";
import { consoleLog } from "./log.ts";
import { putSettings, settingsOf } from "./put-settings.ts";
import { NO_REHEARSAL, type Rehearsal } from "./rehearsal.ts";
import { Session, type SessionParts } from "./session.ts";
import { guardStrayRejections } from "./stray-rejections.ts";
import {
  CACHE_SIZE,
  definitionsOf,
  GRACE_MS,
  SLOTS,
  SLOTS_MAX,
  wholeNumber,
  type WorkerOptions,
} from "./worker-options.ts";

/** A worker that serves. */
export interface Worker {
  /** Resolves when the engine knows the worker and tasks can come. Rejects when it refuses it, or when stopped before. */
  readonly ready: Promise<void>;
  /** Resolves when the worker has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /**
   * Takes no more tasks, lets callbacks in flight end within the grace, reports them and gives everything else
   * back to the engine. Again and again the same promise.
   */
  stop(): Promise<void>;
}

/**
 * Runs workflows: fetches instances from the engine, executes their `run`, reports each step.
 *
 * The engine may come and go: the worker waits for it and goes on. Work that another worker has taken over
 * meanwhile is dropped, and the `signal` of its steps fires.
 *
 * @throws TypeError or RangeError for options that cannot be.
 * @example
 * const worker = serve({ engine: "http://127.0.0.1:7070", workflows: [Greet], env: { BUCKET: bucket } });
 * await worker.ready;
 * process.once("SIGTERM", () => void worker.stop());
 */
export function serve(options: WorkerOptions): Worker {
  return serveWith(options, NO_REHEARSAL);
}

/** Serves with callbacks of a test's in place of the workflows' own. */
export function serveWith(options: WorkerOptions, rehearsal: Rehearsal): Worker {
  const { engine, env = {}, namespace, workerName, log = consoleLog, signal, graceMs = GRACE_MS } = options;
  const definitions = definitionsOf(options.workflows, env, rehearsal);
  const settings = settingsOf(options.settings ?? {}, definitions);
  const slots = wholeNumber("slots", options.slots ?? SLOTS, 1, SLOTS_MAX);
  const cacheSize = wholeNumber("cacheSize", options.cacheSize ?? CACHE_SIZE, 0, Number.MAX_SAFE_INTEGER);
  bindEnv(env);
  const connection = connectEngine(engine);
  const life = new WorkerLife(
    { engine, connection, definitions, namespace, workerName, slots, cacheSize, log },
    { settings, graceMs },
  );
  const stop = (): Promise<void> => life.stop();
  if (signal?.aborted === true) void stop();
  else signal?.addEventListener("abort", () => void stop(), { once: true });
  return { ready: life.ready, stopped: life.stopped, stop };
}

interface LifeOptions {
  readonly settings: ReadonlyMap<string, SettingsMessage>;
  readonly graceMs: number;
}

/** One session after the other, until told to stop. */
class WorkerLife {
  readonly ready: Promise<void>;
  readonly stopped: Promise<void>;
  readonly #parts: SessionParts;
  readonly #life: LifeOptions;
  readonly #stopping = new AbortController();
  readonly #ready = Promise.withResolvers<void>();

  constructor(parts: SessionParts, life: LifeOptions) {
    this.#parts = parts;
    this.#life = life;
    this.ready = this.#ready.promise;
    // Whoever does not look at `ready` learns it from `stopped`, or from the log.
    this.ready.catch(() => {});
    // Not before a stop in the same breath has been heard.
    this.stopped = Promise.resolve().then(() => this.#live());
  }

  stop(): Promise<void> {
    this.#stopping.abort(new Error("the worker was stopped"));
    return this.stopped;
  }

  async #live(): Promise<void> {
    const { log, connection } = this.#parts;
    const release = guardStrayRejections(log);
    try {
      await this.#putSettings();
      while (!this.#stopping.signal.aborted) await this.#liveSession();
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        this.#ready.reject(error);
        log.error({ error }, "the worker cannot serve");
      }
    }
    this.#ready.reject(this.#stopping.signal.reason);
    connection.close();
    release();
  }

  /** Before anything is taken: a limit holds from the first instance on. */
  async #putSettings(): Promise<void> {
    const { log, namespace, connection } = this.#parts;
    const onFailure = (error: unknown, failures: number): void => {
      log.warn({ error, failures }, "the engine cannot be reached, trying again");
    };
    const bound = { signal: this.#stopping.signal, onFailure };
    await putSettings(this.#life.settings, { transport: connection.transport, namespace }, bound);
  }

  async #liveSession(): Promise<void> {
    const { signal } = this.#stopping;
    const session = new Session(this.#parts);
    try {
      await session.open(signal);
      this.#ready.resolve();
      await Promise.race([session.lost, fired(signal)]);
      if (signal.aborted) await session.leave(this.#life.graceMs);
      else this.#parts.log.warn({ session: session.id }, "the session was lost; its work is dropped");
    } finally {
      await session.close(signal.aborted ? "the worker has stopped" : "the worker's session was lost");
    }
  }
}

function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
