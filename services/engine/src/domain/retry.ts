import { TIMER_MS_MAX } from "./limits.ts";
import type { Backoff, StepConfig } from "./step.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

/** What `step.do` does without a config. Source: the programming model's documented defaults. */
export const DEFAULT_STEP_CONFIG: StepConfig = {
  retryLimit: 5,
  retryDelayMs: 10 * SECOND_MS,
  backoff: "exponential",
  timeoutMs: 10 * MINUTE_MS,
  dynamicDelay: false,
};

/** What `waitForEvent` does without a timeout. Source: as above. */
export const DEFAULT_WAIT_MS = DAY_MS;

/** The delay after failed attempt k (from 1) before the next. No jitter, as in the model; at most 365 days. */
export function retryDelayMs(baseMs: number, backoff: Backoff, attempt: number): number {
  return Math.min(baseMs * factor(backoff, attempt), TIMER_MS_MAX);
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
