import { setTimeout } from "node:timers/promises";
import { SECOND_MS } from "../domain/time.ts";

/** Why a replica should be given no calls, or that it should. */
export type Readiness = "ready" | "draining" | "storeUnreachable";

/** How long the store may take to say that it is there. */
const PING_MS_MAX = 2 * SECOND_MS;

/** How often the store is asked while somebody watches. */
const WATCH_PAUSE_MS = 5 * SECOND_MS;

/** Knows whether this replica can serve. */
export class ReadinessProbe {
  readonly #ping: () => Promise<void>;
  readonly #watchPauseMs: number;
  readonly #draining = new AbortController();

  constructor(ping: () => Promise<void>, watchPauseMs: number = WATCH_PAUSE_MS) {
    this.#ping = ping;
    this.#watchPauseMs = watchPauseMs;
  }

  drain(): void {
    this.#draining.abort();
  }

  async check(): Promise<Readiness> {
    if (this.#draining.signal.aborted) return "draining";
    const answered = this.#ping().then(
      () => true,
      () => false,
    );
    const timer = new AbortController();
    const late = setTimeout(PING_MS_MAX, false, { ref: false, signal: timer.signal }).catch(() => false);
    const reachable = await Promise.race([answered, late]);
    timer.abort();
    return reachable ? "ready" : "storeUnreachable";
  }

  /** What `check` says, now and whenever it says something else, until the signal; at last that it drains. */
  async *watch(signal: AbortSignal): AsyncGenerator<Readiness> {
    let told: Readiness | undefined;
    while (!signal.aborted && told !== "draining") {
      const now = await this.check();
      if (now !== told) yield (told = now);
      await this.#pause(AbortSignal.any([signal, this.#draining.signal]));
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await setTimeout(this.#watchPauseMs, undefined, { ref: false, signal }).catch(() => undefined);
  }
}
