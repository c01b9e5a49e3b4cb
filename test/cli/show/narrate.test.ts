import { InstanceStory } from "@perdure/cli/show/instance-story";
import { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import { LeaseLostReason, type JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { describe, expect, it } from "vitest";
import { completed, doKey, failed, record, sleepKey, sleepStarted, started, waitKey, waitStarted } from "./journal.ts";

function told(...records: readonly JournalRecord[]): readonly string[] {
  const story = new InstanceStory();
  return records.flatMap((each) =>
    story
      .lines({ run: 1, record: each, status: InstanceStatus.RUNNING })
      .map(({ step, text }) => (step === "" ? text : `${step}: ${text}`)),
  );
}

describe("what happens, in lines", () => {
  it("is a line when a step starts and one when it ends", () => {
    expect(told(record(1, 10, started("a", 10)), record(2, 130, completed("a", '{"n":1}')))).toEqual([
      "a: started",
      'a: complete in 120 ms → {"n":1}',
    ]);
  });

  it("is one line for a step that starts and ends in one commit", () => {
    expect(told(record(1, 10, started("a", 5), completed("a", "null"), started("b", 10)))).toEqual([
      "a: complete in 5 ms → null",
      "b: started",
    ]);
  });

  it("counts attempts from the second on, and says when the next one is due", () => {
    const records = [
      record(1, 0, started("a", 0), failed("a", "boom", 10_000)),
      record(2, 10_000, { case: "retryDue", value: { key: doKey("a"), attempt: 2 } }),
      record(3, 10_010, started("a", 10_010, 2)),
      record(4, 10_030, failed("a", "boom", null, 2)),
    ];
    expect(told(...records)).toEqual([
      "a: started",
      "a: attempt 1 failed: TypeError: boom; next attempt in 10 s",
      "a: started, attempt 2",
      "a: attempt 2 failed: TypeError: boom; no attempt is left",
    ]);
  });

  it("names the second use of a step's name", () => {
    const again = { case: "sleepStarted", value: { key: sleepKey("rest", 2) } } as const;
    expect(told(record(1, 0, sleepStarted("rest", 2_000)), record(2, 0, again))).toEqual([
      "rest: sleeps 2 s",
      "rest (2): sleeps 0 ms",
    ]);
  });

  it("tells of waits, events and what they carried", () => {
    const accepted = {
      case: "eventAccepted",
      value: { event: 1, type: "approved", payload: { content: { case: "json", value: "7" } } },
    } as const;
    const taken = { case: "waitCompleted", value: { key: waitKey("w"), event: 1 } } as const;
    expect(told(record(1, 0, waitStarted("w", "approved", 1, 86_400_000)), record(2, 5, accepted, taken))).toEqual([
      'w: waits for the event "approved", at most 1 d',
      'event "approved" accepted',
      "w: has its event → 7",
    ]);
  });

  it("tells what is undone, and how the rollback went", () => {
    const key = { ...doKey("a"), kind: StepKind.ROLLBACK };
    const failure = { name: "Gone", message: "it is gone" };
    const cause = { name: "Error", message: "no" };
    const begins = { case: "rollbackStarted" as const, value: { failure: cause, steps: [key] } };
    const undoes = { case: "stepStarted", value: { key, attempt: 1 } } as const;
    const fails = { case: "stepFailed", value: { key, attempt: 1, failure } } as const;
    const failed = { case: "rollbackFailed", value: { failure } } as const;
    expect(told(record(1, 0, begins), record(2, 0, undoes), record(3, 0, fails, failed))).toEqual([
      "rolls back 1 step: Error: no",
      "undo a: started",
      "undo a: attempt 1 failed: Gone: it is gone; no attempt is left",
      "rollback failed: Gone: it is gone",
    ]);
  });

  it("leaves out leases until one is lost", () => {
    const granted = { case: "leaseGranted", value: { epoch: 1, session: "s" } } as const;
    const lost = { case: "leaseLost", value: { epoch: 1, reason: LeaseLostReason.EXPIRED } } as const;
    expect(told(record(1, 0, granted, { case: "parked", value: {} }), record(2, 0, granted, lost))).toEqual([
      "its worker is lost; the next one goes on",
    ]);
  });

  it("cuts long values and failures", () => {
    const [line = ""] = told(record(1, 0, started("a", 0), completed("a", JSON.stringify("x".repeat(5_000)))));
    expect(line).toMatch(/^a: complete in 0 ms → "x{98}…$/);
  });
});
