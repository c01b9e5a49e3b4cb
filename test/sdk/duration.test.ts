import * as fc from "fast-check";
import { ms } from "itty-time";
import { describe, expect, it } from "vitest";
import { parseDuration } from "perdure/duration";

describe("a duration", () => {
  it.each([
    [500, 500],
    [0, 0],
    [-5, -5],
    [1.5, 1.5],
    ["500", 500],
    ["1e3", 1000],
    ["1 second", 1000],
    ["30 seconds", 30_000],
    ["1 seconds", 1000],
    ["5 minutes", 300_000],
    ["24 hours", 86_400_000],
    ["1 day", 86_400_000],
    ["2 weeks", 1_209_600_000],
    ["1 month", 2_592_000_000],
    ["1 year", 31_557_600_000],
    ["1.5 seconds", 1500],
    ["2   minutes", 120_000],
    ["5 ms", 5],
    ["5 parsecs", 5],
    ["5 Seconds", 5],
    ["-1 second", -1000],
    ["0 seconds", 0],
    ["Infinity", Infinity],
  ])("%j is %d ms", (duration, expected) => {
    expect(parseDuration(duration)).toBe(expected);
  });

  it.each([
    ["1s"],
    ["five minutes"],
    ["minutes"],
    ["5 minutes later"],
    [" 5 minutes"],
    [""],
    ["  "],
    ["5 constructor"],
    [NaN],
    [undefined],
    [null],
    [true],
    [[]],
    [{}],
    [new Date(5)],
  ])("%j is none", (duration) => {
    expect(parseDuration(duration)).toBeNaN();
  });

  it("of a number and a unit is their product, singular or plural, however many spaces", () => {
    const units = { second: 1e3, minute: 6e4, hour: 36e5, day: 864e5, week: 6048e5, month: 2592e6, year: 315576e5 };
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(...Object.entries(units)),
        fc.constantFrom("", "s"),
        fc.integer({ min: 1, max: 5 }),
        (amount, [unit, unitMs], plural, spaces) => {
          expect(parseDuration(`${amount}${" ".repeat(spaces)}${unit}${plural}`)).toBe(Number(String(amount)) * unitMs);
        },
      ),
    );
  });

  it("is whatever the model's own parser makes of any text that is not blank", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        fc.pre(text.trim() !== "");
        expect(parseDuration(text)).toBe(ms(text));
      }),
    );
  });
});
