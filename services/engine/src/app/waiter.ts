import type { InstanceName } from "../domain/name.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { Feed, Written } from "./feed.ts";

/** Waits for an instance to move on, or for whoever waits to go away. */
export class Waiter {
  readonly #clock: Clock;
  readonly #signals: readonly AbortSignal[];
  readonly #unsubscribe: Cancel;
  #changes = 0;
  #wake: () => void = () => {};

  constructor(
    parts: { readonly feed: Feed; readonly clock: Clock },
    name: InstanceName,
    signals: readonly AbortSignal[],
    counts: (written: Written) => boolean,
  ) {
    this.#clock = parts.clock;
    this.#signals = signals;
    this.#unsubscribe = parts.feed.on(name, (written) => {
      if (!counts(written)) return;
      this.#changes += 1;
      this.#wake();
    });
  }

  /** Counts the changes so far. Read it before looking: then none is missed in between. */
  get changes(): number {
    return this.#changes;
  }

  get cancelled(): boolean {
    return this.#signals.some((signal) => signal.aborted);
  }

  /** Resolves when there are more changes than `seen`, after `ms`, or when cancelled. */
  async next(seen: number, ms: number): Promise<void> {
    if (this.#changes > seen || this.cancelled) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#wake = wake;
    const cancel = this.#clock.after(ms, wake);
    for (const signal of this.#signals) signal.addEventListener("abort", wake, { once: true });
    await promise;
    cancel();
    for (const signal of this.#signals) signal.removeEventListener("abort", wake);
  }

  close(): void {
    this.#unsubscribe();
  }
}
