import { describe, expect, it } from "vitest";
import type { Operation } from "../../services/engine/src/domain/operation.ts";
import type { StepKey } from "../../services/engine/src/domain/step.ts";
import {
  aDo,
  aSleep,
  complete,
  COMPLETE,
  CONFIG,
  fail,
  FAIL,
  FAILURE,
  sleep,
  start,
  wait,
} from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

const UNDOABLE = { config: { ...CONFIG, rollback: true } };
const TERMINATED = { name: "Terminated", message: "Instance terminated during rollback", stack: null, details: null };

const undoOf = (name: string): StepKey => ({ kind: "rollback", name, count: 1 });
const undo = (name: string, attempt = 1): Operation => start(name, { key: undoOf(name), attempt });
const undone = (name: string, attempt = 1): Operation => ({
  kind: "completeStep",
  key: undoOf(name),
  attempt,
  output: { form: "undefined" },
});
const notUndone = (name: string, final = true): Operation => fail(name, { key: undoOf(name), final });

/** Two steps that can be undone, and one between that cannot. */
function running(): Story {
  const story = new Story().grant();
  story.report([start("a", UNDOABLE), complete("a"), start("b"), complete("b"), start("c", UNDOABLE), complete("c")]);
  return story;
}

/** The same, after `run` has thrown. */
function failed(): Story {
  const story = running();
  story.report([FAIL]);
  return story;
}

describe("a run that fails", () => {
  it("is rolled back in place of its end: what can be undone and was started, newest first", () => {
    const story = running();
    story.report([start("d", UNDOABLE), fail("d", { final: true }), start("flight", UNDOABLE), sleep("nap", 100)]);
    const before = story.plain;

    expect(entriesOf(story.report([FAIL]))).toEqual([
      { kind: "rollbackStarted", cause: "failed", failure: FAILURE, steps: ["flight", "d", "c", "a"].map(undoOf) },
    ]);
    // What run was about is over: the step in flight and the sleep too. The lease is held.
    expect(story.plain).toEqual({
      ...before,
      position: before.position + 1,
      report: story.state.report,
      open: [],
      finished: [],
      undoable: null,
      rollback: { cause: "failed", failure: FAILURE, pending: ["flight", "d", "c", "a"].map(undoOf) },
    });
    expect(story.state.lease).toEqual(before.lease);
  });

  it("ends at once when nothing can be undone", () => {
    const story = new Story().grant();
    story.report([start("a"), complete("a")]);

    expect(entriesOf(story.report([FAIL]))).toEqual([{ kind: "instanceFailed", failure: FAILURE }]);
  });

  it("and completes is not rolled back", () => {
    expect(entriesOf(running().report([COMPLETE]))).toMatchObject([{ kind: "instanceCompleted" }]);
  });

  it("counts a step as one to undo by the config of its first start", () => {
    const story = new Story().grant();
    story.report([start("a"), fail("a")]);
    story.advance(10_000).report([start("a", { attempt: 2, ...UNDOABLE }), complete("a", undefined, 2)]);

    expect(entriesOf(story.report([FAIL]))).toEqual([{ kind: "instanceFailed", failure: FAILURE }]);
  });

  it("takes a pending pause back", () => {
    const story = running();
    story.report([start("long")]);
    story.command("pause").report([FAIL]);

    expect(story.status).toBe("running");
  });
});

describe("a rollback", () => {
  it("undoes one step after the other, and ends its instance in the record of the last", () => {
    const story = failed();
    expect(entriesOf(story.report([undo("c")]))).toEqual([
      { kind: "stepStarted", key: undoOf("c"), attempt: 1, config: CONFIG, startedAt: T0 },
    ]);
    story.report([undone("c"), undo("a")]);

    expect(entriesOf(story.advance(5).report([undone("a")]))).toEqual([
      { kind: "stepCompleted", key: undoOf("a"), attempt: 1, output: { form: "undefined" }, sensitive: false },
      { kind: "rollbackCompleted" },
      { kind: "instanceFailed", failure: FAILURE },
    ]);
    expect(story.plain).toMatchObject({ status: "errored", endedAt: T0 + 5, rollback: null, lease: null });
  });

  it("is one record when a worker reports all of it together", () => {
    const story = failed();
    const decision = story.report([undo("c"), undone("c"), undo("a"), undone("a")]);

    expect(entriesOf(decision).map(({ kind }) => kind)).toEqual([
      "stepStarted",
      "stepCompleted",
      "stepStarted",
      "stepCompleted",
      "rollbackCompleted",
      "instanceFailed",
    ]);
    expect(refusalOf(() => failed().report([undo("c"), undone("c"), undo("a"), undone("a"), undo("a")]))).toMatchObject(
      {
        reason: "JOURNAL_MISMATCH",
        message: "operation 4 follows the end of the instance",
      },
    );
  });

  it.each<[string, readonly Operation[]]>([
    ["a step out of turn", [undo("a")]],
    ["a step that cannot be undone", [undo("b")]],
    ["two steps at once", [undo("c"), undo("a")]],
    ["a step again", [undo("c"), undone("c"), undo("c")]],
    ["a step that is running already", [undo("c"), undo("c")]],
    ["a second attempt first", [undo("c", 2)]],
    ["the end of a step that has not started", [undone("c")]],
    ["a step of run", [start("d")]],
    ["the end of a step of run", [complete("c")]],
    ["a sleep", [sleep("nap", 1)]],
    ["a wait", [wait("approval", "go")]],
    ["the end of a wait", [{ kind: "cancelWait", key: { kind: "wait", name: "approval", count: 1 } }]],
    ["an outcome that run has seen", [{ kind: "deliverOutcome", key: aSleep("nap") }]],
    ["its own end", [COMPLETE]],
    ["another failure", [FAIL]],
  ])("is not told of %s", (_what, operations) => {
    const story = failed();
    const before = story.plain;

    expect(refusalOf(() => story.report(operations)).reason).toBe("JOURNAL_MISMATCH");
    expect(story.plain).toEqual(before);
  });

  it("tries again what fails, parked until then, and knows the attempt", () => {
    const story = failed();
    story.report([undo("c")]);
    expect(entriesOf(story.report([notUndone("c", false)], { park: true }))).toEqual([
      { kind: "stepFailed", key: undoOf("c"), attempt: 1, failure: FAILURE, retryAt: T0 + 10_000 },
      { kind: "parked" },
    ]);
    expect([story.status, story.index.readyAt]).toEqual(["waiting", T0 + 10_000]);
    story.advance(10_000).grant("w2");
    story.report([undo("c", 2)]);
    story.report([undone("c", 2), undo("a"), undone("a")]);

    expect(story.status).toBe("errored");
  });

  it("ends with the first step that cannot be undone: those before it stay, and the error of run", () => {
    const story = failed();
    story.report([undo("c")]);
    const failure = { ...FAILURE, message: "gone" };

    expect(entriesOf(story.report([fail("c", { key: undoOf("c"), failure, final: true })])).slice(1)).toEqual([
      { kind: "rollbackFailed", failure },
      { kind: "instanceFailed", failure: FAILURE },
    ]);
  });

  it("goes on with another worker when its own is lost", () => {
    const story = failed();
    story.report([undo("c"), undone("c"), undo("a")]);
    expect(entriesOf(story.lose())).toMatchObject([
      { kind: "leaseLost" },
      { kind: "stepFailed", key: undoOf("a"), failure: { name: "WorkflowInternalError" }, retryAt: T0 },
      { kind: "retryDue", key: undoOf("a"), attempt: 2 },
    ]);
    story.grant("w2");
    expect(refusalOf(() => story.report([undone("a")], { session: "w1", epoch: 1 })).reason).toBe("LEASE_LOST");
    story.report([undo("a", 2), undone("a", 2)]);

    expect(story.status).toBe("errored");
  });

  it("is begun once, though the report that began it comes again", () => {
    const story = running();
    const report = story.reportMove([start("d", { ...UNDOABLE, alreadyRunning: true }), FAIL]);
    story.move(report);
    const before = story.plain;

    expect(story.move(report)).toEqual({ record: null, next: story.state, putOff: [] });
    expect(story.plain).toEqual(before);
  });

  it("is neither paused nor resumed, and keeps events that nobody will take", () => {
    const story = failed();

    expect(story.move({ kind: "pause" }).record).toBeNull();
    expect(story.move({ kind: "resume" }).record).toBeNull();
    expect(entriesOf(story.send("go"))).toMatchObject([{ kind: "eventAccepted", event: 1 }]);
    expect(story.status).toBe("running");
  });

  it("is cut short by a termination", () => {
    const story = failed();
    story.report([undo("c")]);

    expect(entriesOf(story.move({ kind: "terminate" }))).toEqual([
      { kind: "rollbackFailed", failure: TERMINATED },
      { kind: "instanceTerminated" },
    ]);
    expect(story.status).toBe("terminated");
  });

  it("is left behind by a restart", () => {
    const story = failed();
    story.command("restart");

    expect(story.plain).toMatchObject({ run: 2, status: "queued", rollback: null, undoable: null });
  });

  it("does not count to the limit of steps", () => {
    const story = failed();
    story.report([undo("c"), undone("c"), undo("a"), undone("a")], { stepLimit: 3 });

    expect(story.state.stepCount).toBe(3);
  });
});

describe("a termination with rollback", () => {
  it("takes the lease away, and any worker may undo the steps; then the instance is terminated", () => {
    const story = running();
    story.report([start("flight", UNDOABLE), sleep("nap", 100)]);
    expect(entriesOf(story.advance(5).move({ kind: "rollBack" }))).toEqual([
      { kind: "rollbackStarted", cause: "terminated", failure: TERMINATED, steps: ["flight", "c", "a"].map(undoOf) },
    ]);
    expect(story.plain).toMatchObject({ status: "queued", readySince: T0 + 5, lease: null, retained: null, open: [] });
    expect(refusalOf(() => story.report([complete("flight")])).reason).toBe("LEASE_LOST");
    story.grant("w2");

    expect(
      entriesOf(story.report([undo("flight"), undone("flight"), undo("c"), undone("c"), undo("a"), undone("a")])).slice(
        -2,
      ),
    ).toEqual([{ kind: "rollbackCompleted" }, { kind: "instanceTerminated" }]);
  });

  it("ends as terminated also when a step cannot be undone", () => {
    const story = running();
    story.move({ kind: "rollBack" });
    story.grant();

    expect(entriesOf(story.report([undo("c"), notUndone("c")])).slice(-2)).toEqual([
      { kind: "rollbackFailed", failure: FAILURE },
      { kind: "instanceTerminated" },
    ]);
  });

  it.each(["queued", "waiting", "waitingForPause", "paused"] as const)("rolls a %s instance back", (status) => {
    const story = running();
    story.report([start("long")]);
    if (status === "waitingForPause") story.command("pause");
    if (status === "queued") story.lose();
    if (status === "waiting" || status === "paused") story.park(complete("long"), sleep("nap", 1_000));
    if (status === "paused") story.command("pause");
    expect(story.status).toBe(status);
    story.advance(50).command("rollBack");

    expect(story.plain).toMatchObject({ status: "queued", pausedAt: null, lease: null });
    expect(story.state.rollback?.pending).toEqual(["c", "a"].map(undoOf));
  });

  it("ends an instance at once where nothing can be undone", () => {
    expect(entriesOf(new Story().grant().move({ kind: "rollBack" }))).toEqual([{ kind: "instanceTerminated" }]);
  });

  it("has no effect on one that is rolled back already, and is refused by a finished one", () => {
    const story = failed();
    expect(story.move({ kind: "rollBack" }).record).toBeNull();
    story.command("terminate");

    expect(refusalOf(() => story.command("rollBack")).reason).toBe("INVALID_TRANSITION");
  });
});

it("a step that was to be undone is no longer so in the next run", () => {
  const story = running();
  story.command("restart").grant();
  story.report([start("a"), complete("a")]);

  expect(entriesOf(story.report([FAIL]))).toEqual([{ kind: "instanceFailed", failure: FAILURE }]);
  expect(story.state.finished.has(`do:1:${aDo("a").name}`)).toBe(false);
});

describe("a report that starts a step during a pause and fails", () => {
  it("puts no start off, since nothing of run is called any more, and answers the same when it is repeated", () => {
    const story = running();
    story.report([start("flight", UNDOABLE)]);
    story.command("pause");
    const report = story.reportMove([start("late", UNDOABLE), FAIL]);

    const first = story.move(report);
    const again = story.move(report);

    expect(first.putOff).toEqual([]);
    expect(entriesOf(first).map(({ kind }) => kind)).toEqual(["rollbackStarted"]);
    expect(again).toMatchObject({ record: null, putOff: [] });
  });
});
