import { setTimeout as delay } from "node:timers/promises";
import { isTransient } from "./transport-errors.ts";

/** The first delay is at most this long, each further one at most twice the one before. */
const DELAY_MS_BASE = 100;

/** No delay is longer. Ours: an engine that is back is used again within seconds. */
const DELAY_MS_MAX = 5_000;

/** Delay before a call is made again, with full jitter, so that a thousand callers do not come back at once. */
export function backoffMs(failures: number): number {
  return Math.random() * Math.min(DELAY_MS_MAX, DELAY_MS_BASE * 2 ** Math.min(failures - 1, 10));
}

/** When a call that fails for a while is given up. */
export interface RetryBound {
  readonly signal?: AbortSignal | undefined;
  /** Attempts at most, the first included. Default: no bound but the signal. */
  readonly attempts?: number;
  /** Called with each failure before the delay. */
  readonly onFailure?: (error: unknown, failures: number) => void;
}

/**
 * Makes a call until it succeeds or is refused. Only for calls that are safe to repeat.
 *
 * @throws What the call throws, when that is not transient or the attempts are used up; the signal's reason.
 */
export async function retrying<T>(call: () => Promise<T>, bound: RetryBound = {}): Promise<T> {
  const { signal, attempts = Infinity, onFailure } = bound;
  for (let failures = 1; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTransient(error) || failures >= attempts) throw error;
      onFailure?.(error, failures);
      await delay(backoffMs(failures), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
