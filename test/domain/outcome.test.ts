import { describe, expect, it } from "vitest";
import { aDo, aSleep, aWait, complete, deliver, sleep, start, wait } from "./support/operations.ts";
import { entriesOf, refusalOf, Story } from "./support/story.ts";

describe("the end of a sleep or a wait", () => {
  it("is delivered once, and its key never starts again", () => {
    const story = new Story().grant();
    story.report([sleep("nap", 0), wait("approval", "go", 0)]);
    const decision = story.report([deliver(aWait("approval")), deliver(aSleep("nap"))]);

    expect(entriesOf(decision)).toEqual([
      { kind: "outcomeDelivered", key: aWait("approval") },
      { kind: "outcomeDelivered", key: aSleep("nap") },
    ]);
    for (const again of [deliver(aSleep("nap")), deliver(aWait("approval")), sleep("nap", 0), wait("approval", "go")]) {
      expect(refusalOf(() => story.report([again]))).toMatchObject({ reason: "JOURNAL_MISMATCH" });
    }
  });

  it("cannot be delivered before it has come, nor can that of a step", () => {
    const story = new Story().grant();
    story.report([sleep("nap", 10), start("a"), complete("a"), start("b")]);

    for (const key of [aSleep("nap"), aDo("a"), aDo("b"), aWait("nobody")]) {
      expect(refusalOf(() => story.report([deliver(key)]))).toEqual({
        reason: "JOURNAL_MISMATCH",
        message: `step "${key.name}" (${key.kind}, use 1) has no outcome to deliver`,
        metadata: {},
      });
    }
  });

  it("stands in the journal where `run` saw it, so that a replay takes the same branch", () => {
    const story = new Story().grant();
    story.report([sleep("nap", 50), start("a")]);
    // The sleep ended first, but `run` was told of the step's result before it heard of that.
    story.advance(60).report([complete("a"), start("b")]);
    story.report([deliver(aSleep("nap"))]);

    expect(story.records.flatMap((record) => record.entries.map((entry) => entry.kind))).toEqual([
      "leaseGranted",
      "sleepStarted",
      "stepStarted",
      "sleepCompleted",
      "stepCompleted",
      "stepStarted",
      "outcomeDelivered",
    ]);
  });
});
