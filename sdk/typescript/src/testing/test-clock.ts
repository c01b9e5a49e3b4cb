import type { Cancel, Clock } from "@perdure/engine/embedded";

/** Node's own: a test may fake the global ones. */
const { setTimeout, clearTimeout } = globalThis;

/** How soon machine time may ring an alarm: loops that look again, whose looks a jump of the clock may have passed by. */
const LOOK_AGAIN_MS = 1_000;

/** What `setTimeout` takes at most. */
const SET_TIMEOUT_MS_MAX = 2_147_483_647;

/** The machine's time, which a test cannot fake. */
export const machineClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(ms, SET_TIMEOUT_MS_MAX)).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * The time of a test engine: it stands still until it is moved. Alarms ring when it gets there; those of the engine's
 * own affairs, a long poll's end say, also when as much time has passed on the machine.
 */
export class TestClock implements Clock {
  readonly #alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Cancel {
    const ring = (): void => {
      cancel();
      call();
    };
    const alarm = { at: this.#now + ms, ring };
    this.#alarms.add(alarm);
    const timer = ms > SET_TIMEOUT_MS_MAX ? undefined : setTimeout(ring, Math.max(ms, LOOK_AGAIN_MS)).unref();
    const cancel = (): void => {
      this.#alarms.delete(alarm);
      clearTimeout(timer);
    };
    return cancel;
  }

  /** Moves on to an instant, never back. */
  jumpTo(instant: number): void {
    this.#now = Math.max(this.#now, instant);
    const due = [...this.#alarms].filter(({ at }) => at <= this.#now);
    for (const alarm of due.toSorted((a, b) => a.at - b.at)) if (this.#alarms.has(alarm)) alarm.ring();
  }
}
