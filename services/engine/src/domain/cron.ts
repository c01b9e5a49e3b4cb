import { type DayRule, dayOfMonthRule, dayOfWeekRule, daysIn, type Month } from "./cron-day.ts";
import { CRON_FIELDS, CronMistake, valuesOf } from "./cron-field.ts";
import { EngineError } from "./errors.ts";
import { CRON_LENGTH_MAX } from "./limits.ts";
import { type EpochMs, HOUR_MS, MINUTE_MS } from "./time.ts";

/** When something is due, minute by minute, in UTC. */
export interface Cron {
  /** As it was written. */
  readonly expression: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** 1 is January. */
  readonly months: readonly number[];
  readonly dayOfMonth: DayRule;
  readonly dayOfWeek: DayRule;
}

/** The calendar repeats itself after 400 years: what has no day in them never has one. */
const CALENDAR_MONTHS = 400 * 12;

/**
 * Reads a cron expression of five fields: minute, hour, day of month, month, day of week.
 *
 * The dialect is that of Cloudflare's cron triggers: 1 is Sunday, words for months and days, steps, `L`, `W` and
 * `#`. Where both days are given, a day that either of them means is meant.
 *
 * @throws {EngineError} INVALID_FIELD with what is wrong with it.
 */
export function parseCron(expression: string): Cron {
  if (expression.length > CRON_LENGTH_MAX) {
    throw new EngineError("INVALID_FIELD", `a cron expression has at most ${CRON_LENGTH_MAX} characters`);
  }
  try {
    return parse(expression);
  } catch (error) {
    if (!(error instanceof CronMistake)) throw error;
    throw new EngineError("INVALID_FIELD", `${JSON.stringify(expression)} is no cron expression: ${error.message}`);
  }
}

/** The first minute after an instant at which it is due; null when there is none, `0 0 31 11 *` for instance. */
export function nextAfter(cron: Cron, after: EpochMs): EpochMs | null {
  const start = new Date(after);
  const year = start.getUTCFullYear();
  const first = start.getUTCMonth();
  for (let offset = 0; offset <= CALENDAR_MONTHS; offset += 1) {
    const due = firstInMonth(cron, year, first + offset, after);
    if (due !== undefined) return due;
  }
  return null;
}

function parse(expression: string): Cron {
  const fields = expression.trim().split(/[ \t]+/);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = fields;
  if (fields.length !== 5) {
    throw new CronMistake(`it has 5 fields, minute, hour, day of month, month, day of week, not ${fields.length}`);
  }
  return {
    expression,
    minutes: valuesOf(minute, CRON_FIELDS.minute),
    hours: valuesOf(hour, CRON_FIELDS.hour),
    months: valuesOf(month, CRON_FIELDS.month),
    dayOfMonth: dayOfMonthRule(dayOfMonth),
    dayOfWeek: dayOfWeekRule(dayOfWeek),
  };
}

/** @param monthIndex From January of the year on, 0 is January; 12 and more are years after it. */
function firstInMonth(cron: Cron, year: number, monthIndex: number, after: EpochMs): EpochMs | undefined {
  if (!cron.months.includes((monthIndex % 12) + 1)) return undefined;
  for (const day of dueDays(cron, monthOf(year, monthIndex))) {
    const midnight = Date.UTC(year, monthIndex, day);
    for (const hour of cron.hours) {
      if (midnight + (hour + 1) * HOUR_MS <= after) continue;
      const minute = cron.minutes.find((minute) => midnight + hour * HOUR_MS + minute * MINUTE_MS > after);
      if (minute !== undefined) return midnight + hour * HOUR_MS + minute * MINUTE_MS;
    }
  }
  return undefined;
}

function dueDays({ dayOfMonth, dayOfWeek }: Cron, month: Month): readonly number[] {
  if (dayOfMonth.kind === "any") return daysIn(month, dayOfWeek);
  if (dayOfWeek.kind === "any") return daysIn(month, dayOfMonth);
  return [...new Set([...daysIn(month, dayOfMonth), ...daysIn(month, dayOfWeek)])].toSorted((a, b) => a - b);
}

function monthOf(year: number, monthIndex: number): Month {
  return {
    days: new Date(Date.UTC(year, monthIndex + 1, 0)).getUTCDate(),
    firstDayOfWeek: new Date(Date.UTC(year, monthIndex, 1)).getUTCDay() + 1,
  };
}
