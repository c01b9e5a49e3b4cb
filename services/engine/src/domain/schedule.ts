import { nextAfter, parseCron, type Cron } from "./cron.ts";
import { EngineError } from "./errors.ts";
import { SCHEDULED_BESIDE_LIMIT_MS } from "./limits.ts";
import type { Birth } from "./state.ts";
import { MINUTE_MS, type EpochMs } from "./time.ts";

/** A cron expression of a workflow, and how far its times are made. */
export interface Schedule {
  readonly cron: string;
  /** Its instances up to this time are made, or were due before it was set. */
  readonly madeUntil: EpochMs;
}

/**
 * The expression as it is kept: its fields with one space between.
 *
 * @throws {EngineError} INVALID_FIELD when it is none, or no day of the calendar fits.
 */
export function normalCron(expression: string, now: EpochMs): string {
  const normal = expression
    .trim()
    .split(/[ \t]+/)
    .join(" ");
  if (nextAfter(parseCron(normal), now) !== null) return normal;
  throw new EngineError("INVALID_FIELD", `${JSON.stringify(normal)} is never due`);
}

/** Its first time that is not made. */
export function nextDue({ cron, madeUntil }: Schedule): EpochMs | null {
  return nextAfter(parseCron(cron), madeUntil);
}

/** Its newest time that is due and not made: those before it that were missed stay so. */
export function dueNow({ cron, madeUntil }: Schedule, now: EpochMs): EpochMs | null {
  return latestDue(parseCron(cron), madeUntil, now);
}

/** What the instance of a time is called: the same whoever makes it, so that it is made once. */
export function scheduledId(cron: string, dueAt: EpochMs): string {
  return `${cron}-${dueAt}`;
}

/** Whether a lease granted now is beside the workflow's limit of concurrency: a schedule is not to wait behind a queue. */
export function runsBesideLimit({ schedule, createdAt }: Birth, now: EpochMs): boolean {
  return schedule !== null && now < createdAt + SCHEDULED_BESIDE_LIMIT_MS;
}

/** The last time after an instant and up to another. Halves what lies between: a year of minutes takes twenty looks. */
function latestDue(cron: Cron, after: EpochMs, until: EpochMs): EpochMs | null {
  const first = nextAfter(cron, after);
  if (first === null || first > until) return null;
  let latest = first;
  // Nothing is due after this, up to the end.
  let quietFrom = until;
  while (quietFrom - latest >= MINUTE_MS) {
    const middle = latest + (quietFrom - latest) / 2;
    const due = nextAfter(cron, middle);
    if (due !== null && due <= until) latest = due;
    else quietFrom = middle;
  }
  return latest;
}
