import { ms } from "itty-time";

/** Units that a duration text may name, in the singular or with an "s". A month is 30 days, a year 365.25. */
export type DurationUnit = "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

/**
 * A length of time: a number of milliseconds, or a text such as `"30 seconds"`.
 *
 * @example
 * await step.sleep("cool down", "5 minutes");
 * await step.sleep("cool down", 300_000); // the same, in ms
 */
export type Duration = number | `${number} ${DurationUnit}${"s" | ""}`;

/**
 * Milliseconds of a duration, or NaN when it is not one.
 *
 * The grammar is that of the programming model's own parser: a number or numeric text is ms, else
 * `<number> <unit>[s]` with one or more spaces, case-sensitive. A word it does not know counts as ms.
 * Negative and infinite results are returned as they are: whether they make sense is the caller's rule.
 */
export function parseDuration(duration: unknown): number {
  if (typeof duration === "number") return duration;
  // The library takes an empty text for 0, like Number(""): nobody means that.
  return typeof duration === "string" && duration.trim() !== "" ? ms(duration) : NaN;
}
