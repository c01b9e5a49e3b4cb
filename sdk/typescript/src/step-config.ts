import { type Duration, parseDuration } from "./duration.ts";
import type { StepPolicy } from "./worker/step-policy.ts";
import type {
  WorkflowBackoff,
  WorkflowDelayFunction,
  WorkflowStepConfig,
  WorkflowStepContext,
} from "./workflow-step.ts";

/** Where the programming model's own messages send a reader. */
export const CONFIG_DOCS = "https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/";

/** Most retries of a step: the model's limit. */
export const RETRIES_MAX = 10_000;

/** Longest delay, timeout, sleep and wait: 365 days, the model's limit for sleeps. */
export const TIMER_MS_MAX = 365 * 86_400_000;

/** What a step's config is where it says nothing: the model's documented defaults. */
const DEFAULTS = { limit: 5, delay: 10_000, backoff: "exponential", timeout: "10 minutes" } as const;

const BACKOFFS: readonly unknown[] = ["constant", "linear", "exponential"] satisfies WorkflowBackoff[];

/** A step's config with defaults, as the callback sees it and in numbers. */
export interface ResolvedStepConfig {
  readonly config: WorkflowStepContext["config"];
  readonly delay: WorkflowDelayFunction | null;
  readonly policy: StepPolicy;
}

/**
 * Whether a value may be a step's config.
 *
 * Unknown keys are refused, as a misspelt `retires` would go unseen. Fractional limits and delays that come out
 * negative are taken, as the model takes them.
 */
export function isStepConfig(value: unknown): value is WorkflowStepConfig {
  if (!hasOnly(value, ["retries", "timeout", "sensitive"])) return false;
  const { retries, timeout, sensitive } = value;
  return (
    (retries === undefined || isRetries(retries)) &&
    (timeout === undefined || isTimeout(timeout)) &&
    (sensitive === undefined || sensitive === "output")
  );
}

function isRetries(value: unknown): boolean {
  if (!hasOnly(value, ["limit", "delay", "backoff"])) return false;
  const { limit, delay, backoff } = value;
  return (
    typeof limit === "number" &&
    limit >= 0 &&
    limit <= RETRIES_MAX &&
    (typeof delay === "function" || isDelay(delay)) &&
    (backoff === undefined || BACKOFFS.includes(backoff))
  );
}

const isDelay = (delay: unknown): boolean =>
  (typeof delay !== "number" || delay >= 0) && Math.abs(parseDuration(delay)) <= TIMER_MS_MAX;

/** A plain 0 is refused, "0 seconds" is taken: the model's parser sees the number only. */
const isTimeout = (timeout: unknown): boolean =>
  (typeof timeout === "number" ? timeout > 0 : Number(timeout) !== 0) &&
  Math.abs(parseDuration(timeout)) <= TIMER_MS_MAX;

/** Fills in defaults, key by key. */
export function resolveStepConfig({
  retries,
  timeout = DEFAULTS.timeout,
  sensitive,
}: WorkflowStepConfig): ResolvedStepConfig {
  const { limit, backoff = DEFAULTS.backoff, delay } = { ...DEFAULTS, ...retries };
  const dynamic = typeof delay === "function";
  return {
    config: {
      retries: { limit, ...(!dynamic && { delay }), backoff },
      timeout,
      ...(sensitive !== undefined && { sensitive }),
    },
    delay: dynamic ? delay : null,
    policy: {
      // Attempt k is retried while k ≤ limit, so a fraction changes nothing.
      retryLimit: Math.floor(limit),
      retryDelayMs: dynamic ? DEFAULTS.delay : atLeast(0, delay),
      backoff,
      timeoutMs: atLeast(1, timeout),
      dynamicDelay: dynamic,
      sensitive: sensitive === "output",
      rollback: false,
    },
  };
}

const atLeast = (minMs: number, duration: Duration): number => Math.max(minMs, parseDuration(duration));

/** Whether a value is an object with no keys but these. */
function hasOnly<Key extends string>(value: unknown, keys: readonly Key[]): value is Partial<Record<Key, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).every((key) => (keys as readonly string[]).includes(key))
  );
}
