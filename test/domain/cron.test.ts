import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { nextAfter, parseCron } from "../../services/engine/src/domain/cron.ts";
import { CRON_LENGTH_MAX } from "../../services/engine/src/domain/limits.ts";
import { SEEDED } from "./support/seeded.ts";

/** A Thursday; the month ends on a Monday. */
const START = Date.UTC(2026, 10, 5, 10, 30, 15);

/** The next minutes at which an expression is due, as people read them. */
function dueTimes(expression: string, count: number, start = START): readonly string[] {
  const cron = parseCron(expression);
  const due: string[] = [];
  let at: number | null = start;
  while (due.length < count) {
    at = nextAfter(cron, at);
    if (at === null) return [...due, "never"];
    due.push(new Date(at).toISOString().slice(0, 16).replace("T", " "));
  }
  return due;
}

describe("a cron expression", () => {
  it.each([
    ["* * * * *", ["2026-11-05 10:31", "2026-11-05 10:32"]],
    ["*/30 * * * *", ["2026-11-05 11:00", "2026-11-05 11:30"]],
    ["45 * * * *", ["2026-11-05 10:45", "2026-11-05 11:45"]],
    ["30 10 * * *", ["2026-11-06 10:30", "2026-11-07 10:30"]],
    ["0 17 * * sun", ["2026-11-08 17:00", "2026-11-15 17:00"]],
    ["0 17 * * 1", ["2026-11-08 17:00", "2026-11-15 17:00"]],
    ["10 7 * * mon-fri", ["2026-11-06 07:10", "2026-11-09 07:10"]],
    ["10 7 * * 2-6", ["2026-11-06 07:10", "2026-11-09 07:10"]],
    ["0 15 1 * *", ["2026-12-01 15:00", "2027-01-01 15:00"]],
    ["0 18 * * 6L", ["2026-11-27 18:00", "2026-12-25 18:00"]],
    ["0 18 * * friL", ["2026-11-27 18:00", "2026-12-25 18:00"]],
    ["59 23 LW * *", ["2026-11-30 23:59", "2026-12-31 23:59", "2027-01-29 23:59", "2027-02-26 23:59"]],
  ])("of Cloudflare's documentation, %s, is due when that says", (expression, due) => {
    expect(dueTimes(expression, due.length)).toEqual(due);
  });

  it.each([
    [
      "a list of values, ranges and steps",
      "1,5-7,50/4 0 * * *",
      ["00:01", "00:05", "00:06", "00:07", "00:50", "00:54"],
    ],
    ["a step from a value on", "40/7 0 * * *", ["00:40", "00:47", "00:54", "00:40"]],
    ["a step in a range", "10-30/10 0 * * *", ["00:10", "00:20", "00:30", "00:10"]],
    ["several steps of all", "*/40,*/25 0 * * *", ["00:00", "00:25", "00:40", "00:50"]],
    ["a range over the end of the hour", "58-1 0 * * *", ["00:00", "00:01", "00:58", "00:59"]],
    ["a step over the end of the hour", "50-20/20 0 * * *", ["00:10", "00:50", "00:10", "00:50"]],
    ["tabs and more than one space", "\t5   0 * *  * ", ["00:05"]],
  ])("takes %s", (_, expression, due) => {
    expect(dueTimes(expression, due.length).map((text) => text.slice(11))).toEqual(due);
  });

  it.each([
    ["months by words, in any case", "0 0 1 jAn,dec *", ["2026-12-01", "2027-01-01", "2027-12-01"]],
    ["months over the end of the year", "0 0 1 NOV-FEB/2 *", ["2027-01-01", "2027-11-01", "2028-01-01"]],
    [
      "days of the week over the end of the week",
      "0 0 * * FRI-SUN",
      ["2026-11-06", "2026-11-07", "2026-11-08", "2026-11-13"],
    ],
    ["every second day of the week", "0 0 * * */2", ["2026-11-07", "2026-11-08", "2026-11-10", "2026-11-12"]],
    ["L as the last day of the month", "0 0 L * *", ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]],
    ["L-3 as the third before it", "0 0 L-3 * *", ["2026-11-27", "2026-12-28", "2027-01-28", "2027-02-25"]],
    ["L-30 only where there is one", "0 0 L-30 * *", ["2026-12-01", "2027-01-01", "2027-03-01"]],
    // 28 November 2026 is a Saturday, 29 August 2027 a Sunday.
    ["L-2W as the weekday nearest to it", "0 0 L-2W 11 *", ["2026-11-27", "2027-11-29"]],
    ["L-2W on a Sunday", "0 0 L-2W 8 *", ["2027-08-30"]],
    ["W as the weekday nearest to a day", "0 0 15W * *", ["2026-11-16", "2026-12-15", "2027-01-15", "2027-02-15"]],
    ["W on a Saturday", "0 0 12W 12 *", ["2026-12-11"]],
    // 1 May 2027 is a Saturday, 31 January 2027 a Sunday: it does not leave the month.
    ["1W on a Saturday, in the same month", "0 0 1W 5 *", ["2027-05-03"]],
    ["31W on a Sunday, in the same month", "0 0 31W 1 *", ["2027-01-29"]],
    ["31W only in months that have one", "0 0 31W * *", ["2026-12-31", "2027-01-29", "2027-03-31"]],
    ["L as the last day of the week", "0 0 * * L", ["2026-11-07", "2026-11-14"]],
    ["# as the n-th such day of the month", "0 0 * * mon#2", ["2026-11-09", "2026-12-14", "2027-01-11"]],
    ["#5 only in months that have one", "0 0 * * 1#5", ["2026-11-29", "2027-01-31", "2027-05-30"]],
    [
      "either day where both are given",
      "0 0 13 * FRI",
      ["2026-11-06", "2026-11-13", "2026-11-20", "2026-11-27", "2026-12-04", "2026-12-11", "2026-12-13"],
    ],
    ["a day that only leap years have", "0 0 29 2 *", ["2028-02-29", "2032-02-29"]],
    ["fifth Sundays of February, 28 years apart", "0 0 * 2 1#5", ["2032-02-29", "2060-02-29"]],
  ])("takes %s", (_, expression, due) => {
    expect(dueTimes(expression, due.length).map((text) => text.slice(0, 10))).toEqual(due);
  });

  it("waits eight years for a leap day over the turn of a century", () => {
    expect(dueTimes("0 0 29 2 *", 1, Date.UTC(2096, 2))).toEqual(["2104-02-29 00:00"]);
  });

  it.each(["0 0 31 11 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 L-30 2 *"])("may never be due: %s", (expression) => {
    expect(nextAfter(parseCron(expression), START)).toBeNull();
  });

  it.each([
    ["", "it has 5 fields, minute, hour, day of month, month, day of week, not 1"],
    ["* * * *", "it has 5 fields, minute, hour, day of month, month, day of week, not 4"],
    ["0 * * * * *", "it has 5 fields, minute, hour, day of month, month, day of week, not 6"],
    ["60 * * * *", '"60" is no minute: 0 to 59 is'],
    ["* 24 * * *", '"24" is no hour: 0 to 23 is'],
    ["* * 0 * *", '"0" is no day of month: 1 to 31 is'],
    ["* * * 13 *", '"13" is no month: 1 to 12 is'],
    ["* * * * 0", '"0" is no day of week: 1 to 7 is'],
    ["* * * * 8", '"8" is no day of week: 1 to 7 is'],
    ["* * * * someday", '"someday" is no day of week: 1 to 7 is'],
    ["*/0 * * * *", '"0" is no step of a minute: 1 to 59 is'],
    ["*/60 * * * *", '"60" is no step of a minute: 1 to 59 is'],
    ["*,5 * * * *", '"*" is no minute: 0 to 59 is'],
    ["1-2-3 * * * *", '"1-2-3" is no minute'],
    ["1/2/3 * * * *", '"1/2/3" is no minute'],
    ["-5 * * * *", '"" is no minute: 0 to 59 is'],
    ["1.5 * * * *", '"1.5" is no minute: 0 to 59 is'],
    ["? * * * *", '"?" is no minute: 0 to 59 is'],
    ["@daily", "it has 5 fields, minute, hour, day of month, month, day of week, not 1"],
    ["* * L-31 * *", '"31" is no offset from the last day: 1 to 30 is'],
    ["* * 1,L * *", 'what has "L" stands alone, not in a list or a range, and not as "1,L"'],
    ["* * 32W * *", '"32" is no day of month: 1 to 31 is'],
    ["* * * * fri#6", '"6" is no number after "#": 1 to 5 is'],
    ["* * * * mon#1,tue#1", 'what has "#" stands alone, not in a list or a range, and not as "mon#1,tue#1"'],
  ])("is refused as %j, with what is wrong", (expression, mistake) => {
    expect(() => parseCron(expression)).toThrow(
      expect.objectContaining({
        reason: "INVALID_FIELD",
        message: `${JSON.stringify(expression)} is no cron expression: ${mistake}`,
      }),
    );
  });

  it("is refused when it is longer than the limit", () => {
    const long = `${"0,".repeat(CRON_LENGTH_MAX / 2 - 4)}0 * * * *`;
    expect(long).toHaveLength(CRON_LENGTH_MAX + 1);
    expect(() => parseCron(long)).toThrow(expect.objectContaining({ reason: "INVALID_FIELD" }));
    expect(parseCron(long.slice(2)).minutes).toEqual([0]);
  });

  it("has nothing due between an instant and the next time", () => {
    const expressions = ["* * * * *", "7/13 5-2/3 * * *", "0 0 L-3W 2-5 *", "30 12 13 * fri#2", "59 23 29 2 1"];
    assert(
      property(
        constantFrom(...expressions),
        integer({ min: 0, max: Date.UTC(2200, 0) }),
        integer({ min: 0, max: 1_000 }),
        (expression, after, permille) => {
          const cron = parseCron(expression);
          const next = nextAfter(cron, after) ?? Number.NaN;
          expect(next).toBeGreaterThan(after);
          expect(next % 60_000).toBe(0);
          const between = after + Math.floor(((next - 1 - after) * permille) / 1_000);
          expect(nextAfter(cron, between)).toBe(next);
        },
      ),
      SEEDED,
    );
  });
});
