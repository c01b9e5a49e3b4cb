import type { Cancel, Clock } from "../../../../services/engine/src/app/clock.ts";

interface Timer {
  readonly at: number;
  readonly call: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** The machine's time, moved on by as much as a test wants: hours pass at once, and small waits pass by themselves. */
export class ShiftedClock implements Clock {
  readonly #timers = new Set<Timer>();
  #shiftMs = 0;

  now(): number {
    return Date.now() + this.#shiftMs;
  }

  after(ms: number, call: () => void): Cancel {
    const timer: Timer = { at: this.now() + ms, call, handle: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#drop(timer);
  }

  /** Moves on; what comes due is called. */
  pass(ms: number): void {
    this.#shiftMs += ms;
    for (const timer of this.#timers) this.#arm(timer);
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const leftMs = Math.min(Math.max(0, timer.at - this.now()), 2 ** 31 - 1);
    timer.handle = setTimeout(() => {
      if (timer.at > this.now()) return this.#arm(timer);
      this.#drop(timer);
      timer.call();
    }, leftMs).unref();
  }

  #drop(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }
}
