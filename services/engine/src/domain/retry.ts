import { EngineError } from "./errors.ts";
import { RETRY_LIMIT_MAX, TIMER_MS_MAX } from "./limits.ts";
import { checkSpan } from "./span.ts";
import type { Backoff, StepConfig } from "./step.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

/** What `step.do` does without a config. Source: the programming model's documented defaults. */
export const DEFAULT_STEP_CONFIG: StepConfig = {
  retryLimit: 5,
  retryDelayMs: 10 * SECOND_MS,
  backoff: "exponential",
  timeoutMs: 10 * MINUTE_MS,
  dynamicDelay: false,
  sensitive: false,
  rollback: false,
};

/** What `waitForEvent` does without a timeout. Source: as above. */
export const DEFAULT_WAIT_MS = DAY_MS;

/** @throws {EngineError} INVALID_FIELD when no retry could follow from it. */
export function checkStepConfig(config: StepConfig, what: string): StepConfig {
  const { retryLimit } = config;
  if (!Number.isInteger(retryLimit) || retryLimit < 0 || retryLimit > RETRY_LIMIT_MAX) {
    throw new EngineError("INVALID_FIELD", `the retry limit of ${what} is 0 to ${RETRY_LIMIT_MAX}, not ${retryLimit}`, {
      limitRetries: String(RETRY_LIMIT_MAX),
    });
  }
  const retryDelayMs = checkSpan(config.retryDelayMs, `the retry delay of ${what}`);
  const timeoutMs = checkSpan(config.timeoutMs, `the timeout of ${what}`);
  return { ...config, retryDelayMs, timeoutMs };
}

/** The delay after failed attempt k (from 1) before the next. No jitter, as in the model; at most 365 days. */
export function retryDelayMs(baseMs: number, backoff: Backoff, attempt: number): number {
  // After a thousand attempts the exponential factor is beyond all numbers, and no times that is not a number.
  return baseMs === 0 ? 0 : Math.min(baseMs * factor(backoff, attempt), TIMER_MS_MAX);
}

function factor(backoff: Backoff, attempt: number): number {
  switch (backoff) {
    case "constant":
      return 1;
    case "linear":
      return attempt;
    case "exponential":
      return 2 ** (attempt - 1);
  }
}
