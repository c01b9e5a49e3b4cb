import { describe, expect, it } from "vitest";
import { WorkflowFatalError } from "perdure/errors";
import { checkSleepUntil, parseSleep, parseSleepUntil } from "perdure/step-config-sleep";
import { parseWait } from "perdure/step-config-wait";

const DAY_MS = 86_400_000;

describe("the arguments of step.waitForEvent", () => {
  it("name the event by type or by event, and wait 24 hours", () => {
    const call = { name: "w", eventTypes: ["approved"], timeoutMs: DAY_MS, signal: null };
    expect(parseWait("w", { type: "approved" })).toEqual(call);
    expect(parseWait("w", { event: "approved" })).toEqual(call);
    expect(parseWait("w", { type: "approved", event: "approved", timeout: undefined })).toEqual(call);
  });

  it.each([
    [1000, 1000],
    ["1 second", 1000],
    ["2 days", 2 * DAY_MS],
    ["365 days", 365 * DAY_MS],
  ])("may have the timeout %j", (timeout, timeoutMs) => {
    expect(parseWait("w", { type: "t", timeout }).timeoutMs).toBe(timeoutMs);
  });

  it.each([[999], [0], [-1], ["50 ms"], ["366 days"], ["2 years"], [Infinity], [NaN], ["1s"], [null], [{}]])(
    "may not have the timeout %j",
    (timeout) => {
      expect(() => parseWait("w", { type: "t", timeout })).toThrow(
        'The timeout of waitForEvent "w" must be from 1 second to 365 days',
      );
    },
  );

  it.each([[undefined], [""], ["a.b"], ["a b"], ["-a"], ["é"], ["x".repeat(101)], [5], [null]])(
    "may not have the type %j",
    (type) => {
      expect(() => parseWait("w", { type })).toThrow(/^The event type of waitForEvent "w" .*invalid_event_type/);
    },
  );

  it("may name up to 100 types, and a signal", () => {
    const types = Array.from({ length: 100 }, (_, n) => `type-${n}`);
    const { signal } = new AbortController();
    expect(parseWait("w", { type: types, signal })).toMatchObject({ eventTypes: types, signal });
    expect(parseWait("w", { event: ["a", "b"], type: ["a", "b"] }).eventTypes).toEqual(["a", "b"]);
    expect(() => parseWait("w", { type: [...types, "one-more"] })).toThrow('"w" takes 1 to 100 event types');
  });

  it.each([
    ["two different types", "w", { type: "a", event: "b" }, 'was given two event types, "a" and "b"'],
    ["two different lists", "w", { type: ["a"], event: ["a", "b"] }, 'two event types, ["a"] and ["a","b"]'],
    ["no type in the list", "w", { type: [] }, "takes 1 to 100 event types"],
    ["a bad type in the list", "w", { type: ["a", "b.c"] }, "invalid_event_type"],
    ["a type twice", "w", { type: ["a", "b", "a"] }, 'was given the event type "a" twice'],
    ["a signal that is none", "w", { type: "a", signal: {} }, 'signal of waitForEvent "w" must be an AbortSignal'],
    ["the signal null", "w", { type: "a", signal: null }, 'signal of waitForEvent "w" must be an AbortSignal'],
    ["no options", "w", undefined, "needs options such as"],
    ["options null", "w", null, "needs options such as"],
    ["a control character in the name", "a\n", { type: "a" }, "invalid characters found"],
  ])("with %s are refused", (_, name, options, message) => {
    expect(() => parseWait(name, options)).toThrow(WorkflowFatalError);
    expect(() => parseWait(name, options)).toThrow(message);
  });
});

describe("the arguments of step.sleep", () => {
  it.each([
    [500, 500],
    ["500", 500],
    ["3 days", 3 * DAY_MS],
    ["365 days", 365 * DAY_MS],
    [0, 0],
    [-5, 0],
    ["-1 second", 0],
    [-Infinity, 0],
  ])("may have the duration %j", (duration, durationMs) => {
    expect(parseSleep("s", duration)).toEqual({ name: "s", durationMs });
  });

  it.each([["soon"], ["1s"], [""], [NaN], [null], [{}]])("may not have the duration %j", (duration) => {
    expect(() => parseSleep("s", duration)).toThrow(WorkflowFatalError);
    expect(() => parseSleep("s", duration)).toThrow(
      'The duration of sleep "s" is invalid (expected a number of ms or a duration string like "30 seconds")',
    );
  });

  it.each([["366 days"], [Infinity], [365 * DAY_MS + 1]])("may not be as long as %j", (duration) => {
    expect(() => parseSleep("s", duration)).toThrow('sleep "s" is longer than 365 days');
  });

  it("without a duration are a TypeError, and so without a name", () => {
    expect(() => parseSleep("s", undefined)).toThrow(TypeError);
    expect(() => parseSleep(undefined, 5)).toThrow(TypeError);
  });
});

describe("the arguments of step.sleepUntil", () => {
  it("are a Date or ms since the epoch", () => {
    expect(parseSleepUntil("s", new Date(5))).toEqual({ name: "s", untilMs: 5 });
    expect(parseSleepUntil("s", 5)).toEqual({ name: "s", untilMs: 5 });
  });

  it.each([["2027-01-01"], [new Date(NaN)], [NaN], [undefined], [null], [5n]])("may not be %s", (timestamp) => {
    expect(() => parseSleepUntil("s", timestamp)).toThrow(WorkflowFatalError);
    expect(() => parseSleepUntil("s", timestamp)).toThrow('The timestamp of sleepUntil "s" is invalid');
  });

  it("may not be in the past, nor more than 365 days away, when the sleep starts", () => {
    const now = Date.UTC(2026, 10, 23);
    for (const untilMs of [now, now + 365 * DAY_MS])
      expect(() => checkSleepUntil({ name: "s", untilMs }, now)).not.toThrow();
    expect(() => checkSleepUntil({ name: "s", untilMs: now - 1 }, now)).toThrow(
      new Error("You can't sleep until a time in the past, time-traveler"),
    );
    for (const untilMs of [now + 365 * DAY_MS + 1, Infinity]) {
      expect(() => checkSleepUntil({ name: "s", untilMs }, now)).toThrow('sleepUntil "s" is longer than 365 days');
    }
  });
});
