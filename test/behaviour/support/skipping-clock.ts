import type { Cancel, Clock } from "../../../services/engine/src/app/clock.ts";

interface Timer {
  readonly at: number;
  readonly call: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** After so long without a test's word, in real time, time goes on by itself: some things are put right only after a while. */
const STILL_MS_MAX = 5_000;

/**
 * Time that stands still until a test moves it: years pass at once, and the time at which something happened is exact.
 *
 * Timers come when their time has come here, or as much time has passed on the machine: loops that look around now
 * and then go on doing it. They may come early, then, which all must bear who set any.
 */
export class SkippingClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = Date.now();
  #movedAt = performance.now();

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Cancel {
    const timer: Timer = { at: this.#now + ms, call, handle: undefined };
    this.#timers.add(timer);
    timer.handle = setTimeout(() => this.#onMachineTime(timer), Math.min(Math.max(0, ms), 2 ** 31 - 1)).unref();
    return () => this.#drop(timer);
  }

  pass(ms: number): void {
    this.skipTo(this.#now + ms);
  }

  /** Moves on to an instant, unless it is past, and fires what is due then, in order. */
  skipTo(instant: number): void {
    this.#now = Math.max(this.#now, instant);
    this.#movedAt = performance.now();
    const due = [...this.#timers].filter(({ at }) => at <= this.#now).toSorted((a, b) => a.at - b.at);
    for (const timer of due) if (this.#timers.has(timer)) this.#fire(timer);
  }

  #onMachineTime(timer: Timer): void {
    if (performance.now() - this.#movedAt > STILL_MS_MAX) this.#now = Math.max(this.#now, timer.at);
    this.#fire(timer);
  }

  #fire(timer: Timer): void {
    this.#drop(timer);
    timer.call();
  }

  #drop(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }
}
