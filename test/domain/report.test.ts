import { describe, expect, it } from "vitest";
import { payloadBytes } from "../../services/engine/src/domain/payload.ts";
import { aDo, aSleep, complete, COMPLETE, CONFIG, FAIL, json, sleep, start, wait } from "./support/operations.ts";
import { refusalOf, Story, T0 } from "./support/story.ts";

describe("a report", () => {
  it("is one record, whatever it tells", () => {
    const story = new Story().grant().advance(7);
    story.report([start("a"), sleep("nap", 100)]);
    const before = story.plain;
    const { record } = story.report([complete("a", json(1)), start("b")]);

    expect(record).toEqual({
      position: 3,
      committedAt: T0 + 7,
      report: { epoch: 1, sequence: 2 },
      entries: [
        { kind: "stepCompleted", key: aDo("a"), attempt: 1, output: json(1), sensitive: false },
        { kind: "stepStarted", key: aDo("b"), attempt: 1, config: CONFIG, startedAt: T0 + 7 },
      ],
    });
    expect(story.plain).toEqual({
      ...before,
      position: 3,
      report: { epoch: 1, sequence: 2 },
      open: [
        { status: "sleeping", key: aSleep("nap"), dueAt: T0 + 107 },
        { status: "running", key: aDo("b"), attempt: 1, config: CONFIG },
      ],
      finished: ["do:1:a"],
      stepCount: 2,
      storedBytes: before.storedBytes + payloadBytes(json(1)),
    });
  });

  it("is taken whole or not at all", () => {
    const story = new Story().grant();
    const before = story.plain;

    expect(refusalOf(() => story.report([start("a"), complete("b")]))).toEqual({
      reason: "JOURNAL_MISMATCH",
      message: 'step "b" (do, use 1) is not started, not running',
      metadata: {},
    });
    expect(story.plain).toEqual(before);
  });

  it("that tells nothing fires what is due, and is no record when nothing is", () => {
    const story = new Story().grant();
    story.report([sleep("nap", 100)]);

    expect(story.advance(99).report([]).record).toBeNull();
    expect(story.advance(1).report([]).record).toEqual({
      position: 3,
      committedAt: T0 + 100,
      report: { epoch: 1, sequence: 2 },
      entries: [{ kind: "sleepCompleted", key: aSleep("nap") }],
    });
  });

  it.each([
    ["another session", { session: "w2" }],
    ["an older epoch", { epoch: 1 }],
    ["a later epoch", { epoch: 3 }],
    ["another run", { run: 2 }],
  ])("of %s is refused", (_, stale) => {
    const story = new Story().grant("w1");
    story.lose();
    story.grant("w1");

    expect(refusalOf(() => story.report([COMPLETE], stale))).toMatchObject({ reason: "LEASE_LOST" });
  });

  it("from before a restart is refused, though its epoch is granted again", () => {
    const story = new Story().grant("w1");
    const late = story.reportMove([COMPLETE]);
    story.command("restart").grant("w1");

    expect(refusalOf(() => story.move(late))).toMatchObject({ reason: "LEASE_LOST" });
  });

  it("that is older than the newest is refused", () => {
    const story = new Story().grant();
    story.report([start("a")], { sequence: 4 });

    expect(refusalOf(() => story.report([complete("a")], { sequence: 3 }))).toEqual({
      reason: "JOURNAL_MISMATCH",
      message: "commit 3 comes after commit 4",
      metadata: {},
    });
  });

  it.each([
    ["a step", start("b")],
    ["a sleep", sleep("nap", 1)],
    ["a wait", wait("approval", "go")],
    ["another end", FAIL],
    ["the same end", COMPLETE],
  ])("cannot have %s after the end of the instance", (_, operation) => {
    const story = new Story().grant();

    expect(refusalOf(() => story.report([COMPLETE, operation]))).toEqual({
      reason: "JOURNAL_MISMATCH",
      message: "operation 1 follows the end of the instance",
      metadata: {},
    });
  });

  it("may end the instance while steps run: nothing more is heard of them", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    const late = story.reportMove([complete("a")], { sequence: 3 });
    story.report([COMPLETE]);

    expect(story.plain).toMatchObject({ status: "complete", open: [], lease: null });
    expect(refusalOf(() => story.move(late))).toMatchObject({ reason: "LEASE_LOST" });
  });
});
