import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import type { Log } from "perdure/worker";

/** What handlers have left to themselves with `waitUntil`: heard to its end, and waited for at a stop. */
export class Background {
  readonly #log: Log;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(promise: Promise<unknown>): void {
    const heard: Promise<void> = this.#hear(promise).finally(() => this.#pending.delete(heard));
    this.#pending.add(heard);
  }

  /** Resolves when nothing is left, or the time is up. */
  async settled(graceMs: number): Promise<void> {
    const timeUp = new AbortController();
    const limit = delay(graceMs, undefined, { signal: timeUp.signal }).catch(() => {});
    const all = async (): Promise<void> => {
      while (this.#pending.size > 0) await Promise.all(this.#pending);
    };
    await Promise.race([all(), limit]);
    timeUp.abort();
  }

  async #hear(promise: Promise<unknown>): Promise<void> {
    try {
      await promise;
    } catch (error) {
      this.#log.error({ error: errorOf(error) }, "a promise given to waitUntil was rejected");
    }
  }
}

/** Loggers show errors only. */
export const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(inspect(thrown)));
