import { CRON_FIELDS, CronMistake, isStar, numberOf, valueOf, valuesOf } from "./cron-field.ts";

/** Which days of a month an expression means; `any` leaves that to the other field. Days of the week: 1 is Sunday. */
export type DayRule =
  | { readonly kind: "any" }
  | { readonly kind: "daysOfMonth"; readonly days: readonly number[] }
  /** So many days before the last one. */
  | { readonly kind: "beforeLast"; readonly days: number }
  /** The day from Monday to Friday in the same month that is nearest to so many days before the last one. */
  | { readonly kind: "weekdayNearLast"; readonly days: number }
  | { readonly kind: "weekdayNear"; readonly day: number }
  | { readonly kind: "daysOfWeek"; readonly days: readonly number[] }
  | { readonly kind: "lastOfWeekday"; readonly dayOfWeek: number }
  | { readonly kind: "nthOfWeekday"; readonly dayOfWeek: number; readonly nth: number };

/** A month as its days are counted. */
export interface Month {
  /** 28 to 31. */
  readonly days: number;
  /** Day of the week of the first, 1 is Sunday. */
  readonly firstDayOfWeek: number;
}

const SUNDAY = 1;
const SATURDAY = 7;

/** @throws CronMistake */
export function dayOfMonthRule(text: string): DayRule {
  const { dayOfMonth: field } = CRON_FIELDS;
  if (isStar(text)) return { kind: "any" };
  const last = /^L(?:-(\d+))?(W?)$/.exec(text);
  if (last !== null) {
    const [, before, weekday] = last;
    const days = before === undefined ? 0 : numberOf(before, "offset from the last day", 1, 30);
    return { kind: weekday === "W" ? "weekdayNearLast" : "beforeLast", days };
  }
  const near = /^(\d+)W$/.exec(text)?.[1];
  if (near !== undefined) return { kind: "weekdayNear", day: valueOf(near, field) };
  return { kind: "daysOfMonth", days: valuesOf(alone(text, /[LW]/), field) };
}

/** @throws CronMistake */
export function dayOfWeekRule(text: string): DayRule {
  const { dayOfWeek: field } = CRON_FIELDS;
  if (isStar(text)) return { kind: "any" };
  if (text === "L") return { kind: "daysOfWeek", days: [SATURDAY] };
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) return { kind: "lastOfWeekday", dayOfWeek: valueOf(last, field) };
  const [, day, nth] = /^(\w+)#(\w*)$/.exec(text) ?? [];
  if (day !== undefined && nth !== undefined) {
    return { kind: "nthOfWeekday", dayOfWeek: valueOf(day, field), nth: numberOf(nth, `number after "#"`, 1, 5) };
  }
  return { kind: "daysOfWeek", days: valuesOf(alone(text, /[#L]/), field) };
}

/** The days of a month that a rule means, ascending. */
export function daysIn(month: Month, rule: DayRule): readonly number[] {
  switch (rule.kind) {
    case "any":
      return Array.from({ length: month.days }, (_, index) => index + 1);
    case "daysOfMonth":
      return rule.days.filter((day) => day <= month.days);
    case "beforeLast":
      return within(month, month.days - rule.days);
    case "weekdayNearLast":
      return within(month, month.days - rule.days).map((day) => nearestWeekday(month, day));
    case "weekdayNear":
      return within(month, rule.day).map((day) => nearestWeekday(month, day));
    case "daysOfWeek":
      return daysIn(month, { kind: "any" }).filter((day) => rule.days.includes(dayOfWeek(month, day)));
    case "lastOfWeekday":
      return daysIn(month, { kind: "daysOfWeek", days: [rule.dayOfWeek] }).slice(-1);
    case "nthOfWeekday":
      return daysIn(month, { kind: "daysOfWeek", days: [rule.dayOfWeek] }).slice(rule.nth - 1, rule.nth);
  }
}

const within = (month: Month, day: number): readonly number[] => (day >= 1 && day <= month.days ? [day] : []);

const dayOfWeek = ({ firstDayOfWeek }: Month, day: number): number => ((firstDayOfWeek + day - 2) % 7) + 1;

function nearestWeekday(month: Month, day: number): number {
  switch (dayOfWeek(month, day)) {
    case SATURDAY:
      return day === 1 ? 3 : day - 1;
    case SUNDAY:
      return day === month.days ? day - 2 : day + 1;
    default:
      return day;
  }
}

/** Cloudflare takes these signs only where they are the whole field. */
function alone(text: string, sign: RegExp): string {
  const found = sign.exec(text)?.[0];
  if (found === undefined) return text;
  throw new CronMistake(`what has "${found}" stands alone, not in a list or a range, and not as "${text}"`);
}
