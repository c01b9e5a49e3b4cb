import { RunView } from "@perdure/cli/show/run-view";
import { stepJson, type StepView } from "@perdure/cli/show/step-view";
import { LeaseLostReason, type JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import { describe, expect, it } from "vitest";
import { completed, failed, paused, record, resumed, sleepStarted, started, waitKey, waitStarted } from "./journal.ts";

function stepsOf(...records: readonly JournalRecord[]): readonly Readonly<Record<string, unknown>>[] {
  const view = new RunView();
  for (const each of records) view.apply(each);
  return view.steps.map((step: StepView) => stepJson(step));
}

const at = (ms: number): string => new Date(ms).toISOString();

describe("the steps that a journal tells of", () => {
  it("have their attempts, their first start, and the end of the last attempt", () => {
    const steps = stepsOf(
      record(1, 10, started("a", 5), failed("a", "boom", 1_010)),
      record(2, 1_020, { case: "retryDue", value: { key: { kind: 1, name: "a", count: 1 }, attempt: 2 } }),
      record(3, 1_050, started("a", 1_030, 2), completed("a", "[1]", 2)),
    );
    expect(steps).toEqual([
      {
        kind: "do",
        name: "a",
        count: 1,
        status: "complete",
        attempts: 2,
        startTime: at(5),
        endTime: at(1_050),
        output: [1],
      },
    ]);
  });

  it("say when the next attempt is due, and why", () => {
    expect(stepsOf(record(1, 10, started("a", 5), failed("a", "boom", 1_010)))).toEqual([
      {
        kind: "do",
        name: "a",
        count: 1,
        status: "backingOff",
        attempts: 1,
        startTime: at(5),
        retryTime: at(1_010),
        failure: { name: "TypeError", message: "boom" },
      },
    ]);
  });

  it("wait and sleep longer by the time that the instance was paused", () => {
    const steps = stepsOf(
      record(1, 100, sleepStarted("rest", 700), waitStarted("w", "approved", 1_100, 1_000)),
      record(2, 220, paused),
      record(3, 950, resumed),
    );
    expect(steps).toMatchObject([
      { kind: "sleep", status: "sleeping", dueTime: at(1_430) },
      { kind: "wait", status: "waiting", dueTime: at(1_830), eventType: "approved" },
    ]);
  });

  it("end with the payload of the event that a wait was given", () => {
    const steps = stepsOf(
      record(1, 100, waitStarted("w", "approved", 1_100, 1_000)),
      record(
        2,
        300,
        {
          case: "eventAccepted",
          value: { event: 1, type: "approved", payload: { content: { case: "json", value: '"yes"' } } },
        },
        { case: "waitCompleted", value: { key: waitKey("w"), event: 1 } },
      ),
    );
    expect(steps).toMatchObject([{ status: "complete", endTime: at(300), output: "yes" }]);
  });

  it("are cancelled when run waits no longer, and the event is then another wait's", () => {
    const payload = { content: { case: "json", value: '"yes"' } } as const;
    const steps = stepsOf(
      record(1, 100, waitStarted("w", "approved", 1_100, 1_000), waitStarted("v", "approved", 1_100, 1_000)),
      record(
        2,
        300,
        { case: "eventAccepted", value: { event: 1, type: "approved", payload } },
        { case: "waitCompleted", value: { key: waitKey("w"), event: 1 } },
      ),
      record(
        3,
        400,
        { case: "waitCancelled", value: { key: waitKey("w") } },
        { case: "waitCompleted", value: { key: waitKey("v"), event: 1 } },
      ),
    );
    expect(steps).toMatchObject([
      { name: "w", status: "cancelled", endTime: at(400) },
      { name: "v", status: "complete", endTime: at(400), output: "yes" },
    ]);
  });

  it("are interrupted when their worker is lost, and abandoned when the instance ends first", () => {
    const lost = record(2, 20, { case: "leaseLost", value: { epoch: 1, reason: LeaseLostReason.EXPIRED } });
    const ended = record(3, 30, { case: "instanceTerminated", value: {} });
    const begun = record(1, 10, started("a", 5));
    expect(stepsOf(begun, lost)).toMatchObject([{ status: "interrupted", attempts: 1 }]);
    expect(stepsOf(begun, lost, ended)).toMatchObject([{ status: "abandoned", attempts: 1 }]);
  });
});
