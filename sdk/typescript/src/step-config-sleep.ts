import { types } from "node:util";
import { parseDuration } from "./duration.ts";
import { WorkflowFatalError } from "./errors.ts";
import { TIMER_MS_MAX } from "./step-config.ts";
import { parseStepName } from "./step-config-do.ts";

/** What a call of `step.sleep` asks for, its arguments checked. */
export interface SleepCall {
  readonly name: string;
  /** 0 or more: a negative duration is over at once. */
  readonly durationMs: number;
}

/** What a call of `step.sleepUntil` asks for, its arguments checked. */
export interface SleepUntilCall {
  readonly name: string;
  /** In ms since the epoch. */
  readonly untilMs: number;
}

/** @throws WorkflowFatalError for the first thing that is wrong; TypeError without a duration, or a name that is no text. */
export function parseSleep(name: unknown, duration: unknown): SleepCall {
  const step = parseStepName(name);
  if (duration === undefined) throw new TypeError(`sleep "${step}" needs a duration`);
  const durationMs = parseDuration(duration);
  if (Number.isNaN(durationMs)) {
    throw new WorkflowFatalError(
      `The duration of sleep "${step}" is invalid (expected a number of ms or a duration string like "30 seconds")`,
    );
  }
  if (durationMs > TIMER_MS_MAX) throw tooFar(`sleep "${step}"`);
  return { name: step, durationMs: Math.max(0, durationMs) };
}

/** @throws WorkflowFatalError when the timestamp is neither a valid Date nor a number; TypeError for a name that is no text. */
export function parseSleepUntil(name: unknown, timestamp: unknown): SleepUntilCall {
  const step = parseStepName(name);
  const untilMs = types.isDate(timestamp) ? timestamp.getTime() : timestamp;
  if (typeof untilMs !== "number" || Number.isNaN(untilMs)) {
    throw new WorkflowFatalError(
      `The timestamp of sleepUntil "${step}" is invalid (expected a valid Date, or a number of ms since the epoch)`,
    );
  }
  return { name: step, untilMs };
}

/**
 * Checks a `sleepUntil` that has not started yet: one that has ended answers from the journal, whatever the time.
 *
 * @throws Error in the model's words when its time is in the past; WorkflowFatalError when it is too far away.
 */
export function checkSleepUntil({ name, untilMs }: SleepUntilCall, nowMs: number): void {
  if (untilMs < nowMs) throw new Error("You can't sleep until a time in the past, time-traveler");
  if (untilMs - nowMs > TIMER_MS_MAX) throw tooFar(`sleepUntil "${name}"`);
}

const tooFar = (what: string): WorkflowFatalError => new WorkflowFatalError(`${what} is longer than 365 days`);
