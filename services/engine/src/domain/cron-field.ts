/** One field of a cron expression: what its numbers may be, and the words that stand for some of them. */
export interface CronField {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  /** From `min` on, one word a number. Case does not matter. */
  readonly words: readonly string[];
}

// prettier-ignore
export const CRON_FIELDS = {
  minute:     { what: "minute",       min: 0, max: 59, words: [] },
  hour:       { what: "hour",         min: 0, max: 23, words: [] },
  dayOfMonth: { what: "day of month", min: 1, max: 31, words: [] },
  month:      { what: "month",        min: 1, max: 12, words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] },
  // As Quartz has it: 1 is Sunday.
  dayOfWeek:  { what: "day of week",  min: 1, max: 7,  words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
} as const satisfies Record<string, CronField>;

/** Says what is wrong with an expression; the caller knows which one it is. */
export class CronMistake extends Error {
  override name = "CronMistake";
}

/**
 * The numbers that a field names: `*`, or a list of values, ranges and steps. Ascending, each once.
 *
 * A range may go over the end: `FRI-MON`, `50-10`.
 *
 * @throws CronMistake
 */
export function valuesOf(text: string, field: CronField): readonly number[] {
  if (text === "*") return span(field, field.min, field.max, 1);
  const values = text.split(",").flatMap((part) => valuesOfPart(part, field));
  return [...new Set(values)].toSorted((a, b) => a - b);
}

/** One number, or a word for it. @throws CronMistake */
export function valueOf(text: string, field: CronField): number {
  const word = field.words.indexOf(text.toUpperCase());
  return word === -1 ? numberOf(text, field.what, field.min, field.max) : field.min + word;
}

/** @throws CronMistake */
export function numberOf(text: string, what: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text) && value >= min && value <= max) return value;
  throw new CronMistake(`"${text}" is no ${what}: ${min} to ${max} is`);
}

/** Whether a field leaves the days to the other one. */
export const isStar = (text: string): boolean => text === "*";

function valuesOfPart(part: string, field: CronField): readonly number[] {
  const [range = "", stepText, ...more] = part.split("/");
  const [startText = "", endText, ...others] = range.split("-");
  if (more.length > 0 || others.length > 0) throw new CronMistake(`"${part}" is no ${field.what}`);
  const step = stepText === undefined ? 1 : numberOf(stepText, `step of a ${field.what}`, 1, field.max - field.min);
  if (range === "*" && stepText !== undefined) return span(field, field.min, field.max, step);
  const start = valueOf(startText, field);
  if (endText !== undefined) return span(field, start, valueOf(endText, field), step);
  return stepText === undefined ? [start] : span(field, start, field.max, step);
}

function span({ min, max }: CronField, start: number, end: number, step: number): readonly number[] {
  const size = max - min + 1;
  const length = end >= start ? end - start : end - start + size;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, nth) => min + ((start - min + nth * step) % size));
}
