import { parseDuration } from "./duration.ts";
import { WorkflowFatalError } from "./errors.ts";
import { EVENT_TYPE } from "./names.ts";
import { TIMER_MS_MAX } from "./step-config.ts";
import { parseStepName } from "./step-config-do.ts";

/** How long `waitForEvent` waits unless it says otherwise: the model's default. */
const WAIT_TIMEOUT = "24 hours";

/** Shortest wait: the model's limit. */
const WAIT_MS_MIN = 1_000;

/** Types that one wait may take. The contract's limit. */
const EVENT_TYPES_MAX = 100;

/** What a call of `step.waitForEvent` asks for, its arguments checked. */
export interface WaitCall {
  readonly name: string;
  /** Any of them ends the wait. */
  readonly eventTypes: readonly [string, ...string[]];
  readonly timeoutMs: number;
  /** Cancels the wait. Null: nothing does. */
  readonly signal: AbortSignal | null;
}

/**
 * Checks the arguments of `step.waitForEvent(name, { type | event, timeout?, signal? })`.
 *
 * @throws WorkflowFatalError for the first thing that is wrong; TypeError for a name that is no text.
 */
export function parseWait(name: unknown, options: unknown): WaitCall {
  const step = parseStepName(name);
  if (typeof options !== "object" || options === null) {
    throw new WorkflowFatalError(`waitForEvent "${step}" needs options such as { type: "approved" }`);
  }
  const { timeout = WAIT_TIMEOUT, signal } = options as { timeout?: unknown; signal?: unknown };
  const timeoutMs = parseDuration(timeout);
  const eventTypes = parseTypes(step, options);
  if (!(timeoutMs >= WAIT_MS_MIN && timeoutMs <= TIMER_MS_MAX)) {
    throw new WorkflowFatalError(
      `The timeout of waitForEvent "${step}" must be from 1 second to 365 days, as a number of ms or a duration string like "24 hours"`,
    );
  }
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw new WorkflowFatalError(`The signal of waitForEvent "${step}" must be an AbortSignal`);
  }
  return { name: step, eventTypes, timeoutMs, signal: signal ?? null };
}

/** `event` is a synonym of `type`. */
function parseTypes(step: string, { type, event }: { type?: unknown; event?: unknown }): WaitCall["eventTypes"] {
  const [asType, asEvent] = [JSON.stringify(type), JSON.stringify(event)];
  if (type !== undefined && event !== undefined && asType !== asEvent) {
    throw new WorkflowFatalError(
      `waitForEvent "${step}" was given two event types, ${asType} and ${asEvent}: "event" is another name for "type"`,
    );
  }
  const given = type ?? event;
  const [first, ...others] = (Array.isArray(given) ? given : [given]).map((one) => parseType(step, one));
  if (first === undefined || others.length >= EVENT_TYPES_MAX) {
    throw new WorkflowFatalError(`waitForEvent "${step}" takes 1 to ${EVENT_TYPES_MAX} event types`);
  }
  const twice = others.find((one, index) => one === first || others.indexOf(one) !== index);
  if (twice === undefined) return [first, ...others];
  throw new WorkflowFatalError(`waitForEvent "${step}" was given the event type "${twice}" twice`);
}

function parseType(step: string, type: unknown): string {
  if (typeof type === "string" && EVENT_TYPE.test(type)) return type;
  throw new WorkflowFatalError(
    `The event type of waitForEvent "${step}" must be 1 to 100 letters, digits, "_" or, not first, "-" (workflow.invalid_event_type)`,
  );
}

/** By what it can do: a test's environment may have a class of its own. */
function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== "object" || value === null) return false;
  const { aborted, addEventListener } = value as Partial<AbortSignal>;
  return typeof aborted === "boolean" && typeof addEventListener === "function";
}
