import { describe, expect, it } from "vitest";
import { TIMER_MS_MAX } from "../../services/engine/src/domain/limits.ts";
import { aDo, aSleep, aWait, CONFIG, fail, sleep, start, wait } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

describe("a sleep", () => {
  it("ends at its time and not a millisecond before", () => {
    const story = new Story().grant().park(sleep("nap", 100));
    expect(story.index).toMatchObject({ status: "waiting", readyAt: T0 + 100 });
    expect(
      story
        .advance(99)
        .send("other")
        .record?.entries.map((entry) => entry.kind),
    ).toEqual(["eventAccepted"]);

    expect(entriesOf(story.advance(1).move({ kind: "grant", session: "w1" }))).toEqual([
      { kind: "sleepCompleted", key: aSleep("nap") },
      { kind: "leaseGranted", epoch: 2, session: "w1" },
    ]);
  });

  it.each([
    ["of 0 ms", { afterMs: 0 }],
    ["of less than nothing", { afterMs: -5 }],
    ["of minus infinity", { afterMs: -Infinity }],
    ["until now", { at: T0 }],
    ["until a time in the past", { at: 5 }],
  ])("%s ends in the record that starts it", (_, end) => {
    const story = new Story().grant();

    expect(entriesOf(story.report([sleep("nap", end)]))).toEqual([
      { kind: "sleepStarted", key: aSleep("nap"), dueAt: T0 },
      { kind: "sleepCompleted", key: aSleep("nap") },
    ]);
  });

  it.each([
    ["a duration", { afterMs: TIMER_MS_MAX }],
    ["a moment", { at: T0 + TIMER_MS_MAX }],
  ])("may take 365 days, given as %s", (_, end) => {
    const story = new Story().grant();

    expect(entriesOf(story.report([sleep("nap", end)]))).toMatchObject([{ dueAt: T0 + TIMER_MS_MAX }]);
  });

  it.each([
    { afterMs: TIMER_MS_MAX + 1 },
    { at: T0 + TIMER_MS_MAX + 1 },
    { afterMs: Infinity },
    { at: Infinity },
    { afterMs: Number.NaN },
    { at: Number.NaN },
  ])("may not take longer, nor no time that there is: %o", (end) => {
    const story = new Story().grant();

    expect(refusalOf(() => story.report([sleep("nap", end)]))).toEqual({
      reason: "INVALID_FIELD",
      message: "a sleep takes at most 365 days",
      metadata: { limitMs: "31536000000" },
    });
  });

  it("of a fraction of a millisecond is rounded up: instants are whole, and no timer is early", () => {
    const story = new Story().grant();
    const decision = story.report([
      sleep("nap", 10.2),
      sleep("moment", { at: T0 + 10.2 }),
      wait("approval", "go", 10.2),
    ]);

    expect(entriesOf(decision)).toMatchObject([{ dueAt: T0 + 11 }, { dueAt: T0 + 11 }, { dueAt: T0 + 11 }]);
  });
});

describe("timers", () => {
  it("fire in the order of their times, and of their starts where these are equal", () => {
    const story = new Story().grant();
    const config = { ...CONFIG, retryDelayMs: 200 };
    story.report([sleep("last", 300), sleep("second", 200), start("third", { config }), wait("first", "go", 100)]);
    story.report([fail("third")]);

    expect(entriesOf(story.advance(300).report([]))).toEqual([
      { kind: "waitTimedOut", key: aWait("first") },
      { kind: "sleepCompleted", key: aSleep("second") },
      { kind: "retryDue", key: aDo("third"), attempt: 2 },
      { kind: "sleepCompleted", key: aSleep("last") },
    ]);
  });

  it("fire before anything else that happens at their time", () => {
    const story = new Story().grant();
    story.report([sleep("nap", 100), start("a")]);

    expect(
      entriesOf(
        story.advance(100).report([{ kind: "completeStep", key: aDo("a"), attempt: 1, output: { form: "undefined" } }]),
      ),
    ).toEqual([
      { kind: "sleepCompleted", key: aSleep("nap") },
      { kind: "stepCompleted", key: aDo("a"), attempt: 1, output: { form: "undefined" }, sensitive: false },
    ]);
  });

  it("fire all that are due, though only some are noticed late, and leave the others", () => {
    const story = new Story().grant().park(sleep("a", 10), sleep("b", 20), sleep("c", 30));
    story.advance(25).grant();

    expect(story.open).toEqual([
      { status: "undelivered", key: aSleep("a"), event: null },
      { status: "undelivered", key: aSleep("b"), event: null },
      { status: "sleeping", key: aSleep("c"), dueAt: T0 + 30 },
    ]);
  });
});
