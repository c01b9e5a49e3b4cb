import { durationText, untilText } from "@perdure/cli/show/time";
import { describe, expect, it } from "vitest";

const HOUR_MS = 3_600_000;

describe("a duration for people", () => {
  it.each([
    [-5, "0 ms"],
    [0, "0 ms"],
    [12.4, "12 ms"],
    [999, "999 ms"],
    [1_000, "1 s"],
    [3_449, "3.4 s"],
    [59_600, "1 min"],
    [250_000, "4 min 10 s"],
    [HOUR_MS, "1 h"],
    [HOUR_MS + 5_000, "1 h"],
    [26 * HOUR_MS + 60_000, "1 d 2 h"],
    [365 * 24 * HOUR_MS, "365 d"],
  ])("of %d ms is %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe("a moment seen from now", () => {
  it("is so far away, or now when it has passed", () => {
    expect(untilText(61_000, 1_000)).toBe("in 1 min");
    expect(untilText(1_000, 1_000)).toBe("now");
    expect(untilText(0, 1_000)).toBe("now");
  });
});
