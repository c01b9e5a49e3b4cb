import { parseDuration } from "./duration.ts";
import { WorkflowFatalError } from "./errors.ts";
import { EVENT_TYPE } from "./names.ts";
import { TIMER_MS_MAX } from "./step-config.ts";
import { parseStepName } from "./step-config-do.ts";

/** How long `waitForEvent` waits unless it says otherwise: the model's default. */
const WAIT_TIMEOUT = "24 hours";

/** Shortest wait: the model's limit. */
const WAIT_MS_MIN = 1_000;

/** What a call of `step.waitForEvent` asks for, its arguments checked. */
export interface WaitCall {
  readonly name: string;
  readonly eventType: string;
  readonly timeoutMs: number;
}

/**
 * Checks the arguments of `step.waitForEvent(name, { type | event, timeout? })`.
 *
 * @throws WorkflowFatalError for the first thing that is wrong; TypeError for a name that is no text.
 */
export function parseWait(name: unknown, options: unknown): WaitCall {
  const step = parseStepName(name);
  if (typeof options !== "object" || options === null) {
    throw new WorkflowFatalError(`waitForEvent "${step}" needs options such as { type: "approved" }`);
  }
  const { timeout = WAIT_TIMEOUT } = options as { timeout?: unknown };
  const timeoutMs = parseDuration(timeout);
  const eventType = parseType(step, options);
  if (!(timeoutMs >= WAIT_MS_MIN && timeoutMs <= TIMER_MS_MAX)) {
    throw new WorkflowFatalError(
      `The timeout of waitForEvent "${step}" must be from 1 second to 365 days, as a number of ms or a duration string like "24 hours"`,
    );
  }
  return { name: step, eventType, timeoutMs };
}

/** `event` is a synonym of `type`. */
function parseType(step: string, { type, event }: { type?: unknown; event?: unknown }): string {
  if (type !== undefined && event !== undefined && type !== event) {
    throw new WorkflowFatalError(
      `waitForEvent "${step}" was given two event types, ${JSON.stringify(type)} and ${JSON.stringify(event)}: "event" is another name for "type"`,
    );
  }
  const eventType = type ?? event;
  if (typeof eventType === "string" && EVENT_TYPE.test(eventType)) return eventType;
  throw new WorkflowFatalError(
    `The event type of waitForEvent "${step}" must be 1 to 100 letters, digits, "_" or, not first, "-" (workflow.invalid_event_type)`,
  );
}
