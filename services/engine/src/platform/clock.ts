import type { Clock } from "../app/clock.ts";

/** What a timer of the platform can wait for; above it, it would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    let timer = setTimeout(next, Math.min(ms, TIMER_MS_MAX), ms).unref();
    function next(waitedFor: number): void {
      const leftMs = waitedFor - TIMER_MS_MAX;
      if (leftMs > 0) timer = setTimeout(next, Math.min(leftMs, TIMER_MS_MAX), leftMs).unref();
      else call();
    }
    return () => clearTimeout(timer);
  },
};
