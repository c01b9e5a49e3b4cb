import { describe, expect, it } from "vitest";
import { STEPS_MAX } from "../../services/engine/src/domain/limits.ts";
import { aDo, complete, fail, json, sleep, start, wait, CONFIG } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

describe("a step", () => {
  it("starts once under its key; the same name again is another use", () => {
    const story = new Story().grant();
    story.report([start("a"), start("a", { key: aDo("a", 2) })]);
    story.report([complete("a")]);

    for (const key of [aDo("a"), aDo("a", 2)]) {
      expect(refusalOf(() => story.report([start("a", { key })]))).toMatchObject({ reason: "JOURNAL_MISMATCH" });
    }
  });

  it("has one result, which never changes", () => {
    const story = new Story().grant();
    story.report([start("a"), complete("a", json(1))]);

    for (const operation of [complete("a", json(2)), fail("a"), start("a"), start("a", { attempt: 2 })]) {
      expect(refusalOf(() => story.report([operation]))).toMatchObject({ reason: "JOURNAL_MISMATCH" });
    }
    expect(story.plain).toMatchObject({ open: [], finished: ["do:1:a"] });
  });

  it("is answered for by the attempt that runs, and no other", () => {
    const story = new Story().grant();
    story.report([start("a")]);

    expect(refusalOf(() => story.report([complete("a", json(1), 2)]))).toMatchObject({
      reason: "JOURNAL_MISMATCH",
      message: 'step "a" (do, use 1) is at attempt 1, not 2',
    });
  });

  it("that a task reached before its first report has been running for a while, but not longer than its lease", () => {
    const story = new Story().advance(10).grant().advance(50);
    const decision = story.report(
      [30, 50, 5_000, -5, Number.NaN, Infinity, 30.4].map((runningForMs, index) =>
        start(`s${index}`, { alreadyRunning: true, runningForMs }),
      ),
    );

    expect(entriesOf(decision).map((entry) => entry.kind === "stepStarted" && entry.startedAt - T0)).toEqual([
      30, 10, 10, 60, 60, 10, 30,
    ]);
  });

  it("counts towards the limit with its first attempt only; sleeps and waits do not", () => {
    const story = new Story().grant();
    const options = { stepLimit: 2 };
    story.report(
      [start("a", { config: { ...CONFIG, retryDelayMs: 0 } }), sleep("nap", 5), wait("approval", "go")],
      options,
    );
    story.report([fail("a")], options);
    story.report([start("a", { attempt: 2 }), start("b")], options);

    expect(refusalOf(() => story.report([start("c")], options))).toEqual({
      reason: "LIMIT_EXCEEDED",
      message: "the limit of 2 steps has been reached",
      metadata: { limitSteps: "2" },
    });
    expect(STEPS_MAX).toBe(10_000);
  });
});

describe("a step's name and count", () => {
  it.each(["", "é", "🙂", "a b.c", "\u007f", "1:do:", "x".repeat(256)])("may be %j", (name) => {
    const story = new Story().grant();
    story.report([start(name), sleep(name, 60_000), wait(name, "go")]);

    expect(story.open.map((step) => step.status)).toEqual(["running", "sleeping", "awaiting"]);
  });

  it.each(["x".repeat(257), "a\u0000", "\u001f", "a\nb"])("may not be %j", (name) => {
    const story = new Story().grant();

    for (const operation of [start(name), sleep(name, 1), wait(name, "go")]) {
      expect(refusalOf(() => story.report([operation]))).toMatchObject({ reason: "INVALID_FIELD" });
    }
  });

  it("belong together without mistaking one for another", () => {
    const story = new Story().grant();
    story.report([
      start("a", { key: aDo("1:b", 1) }),
      start("a", { key: aDo("b", 11) }),
      start("a", { key: aDo("b", 1) }),
    ]);

    expect(story.open).toHaveLength(3);
  });

  it("are of the kind that the operation starts", () => {
    const story = new Story().grant();
    const key = { kind: "sleep", name: "a", count: 1 } as const;

    expect(refusalOf(() => story.report([start("a", { key })]))).toMatchObject({
      reason: "INVALID_FIELD",
      message: 'step "a" is of the kind sleep, not do',
    });
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 32])("are refused with the count %d", (count) => {
    const story = new Story().grant();

    expect(refusalOf(() => story.report([start("a", { key: aDo("a", count) })]))).toMatchObject({
      reason: "INVALID_FIELD",
    });
  });
});
