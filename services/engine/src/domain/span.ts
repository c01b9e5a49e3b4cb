import { EngineError } from "./errors.ts";
import { TIMER_MS_MAX } from "./limits.ts";

/**
 * A span of time that a caller gave, in whole milliseconds: rounded up, so that nothing fires early.
 * @throws {EngineError} INVALID_FIELD unless it is 0 to 365 days. No number at all would be a timer that never fires.
 */
export function checkSpan(ms: number, what: string): number {
  if (ms >= 0 && ms <= TIMER_MS_MAX) return Math.ceil(ms);
  throw new EngineError("INVALID_FIELD", `${what} is 0 ms to 365 days, not ${ms} ms`, {
    limitMs: String(TIMER_MS_MAX),
  });
}
