import { describe, expect, it } from "vitest";
import {
  aDo,
  aSleep,
  aWait,
  complete,
  COMPLETE,
  CONFIG,
  deliver,
  fail,
  FAIL,
  json,
  sleep,
  start,
  wait,
} from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

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
        { kind: "stepCompleted", key: aDo("a"), attempt: 1, output: json(1) },
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

describe("a report that is sent again because its answer was lost", () => {
  it("is answered without being applied again", () => {
    const story = new Story().grant();
    const report = story.reportMove([start("a"), complete("a"), start("b")]);
    story.move(report);
    const before = story.plain;

    expect(story.advance(9).move(report)).toEqual({ record: null, next: story.state, putOff: [] });
    expect(story.plain).toEqual(before);
  });

  it.each([
    ["parked the instance", [sleep("nap", 100)], true, "waiting"],
    ["completed it", [COMPLETE], false, "complete"],
    ["failed it", [FAIL], false, "errored"],
  ] as const)("is a success when it %s", (_, operations, park, status) => {
    const story = new Story().grant();
    const report = story.reportMove(operations, { park });
    story.move(report);
    expect(story.status).toBe(status);

    expect(story.move(report).record).toBeNull();
  });

  it("is a success when something else has happened since, and its lease still holds", () => {
    const story = new Story().grant();
    const report = story.reportMove([start("a")]);
    story.move(report);
    story.send("go");
    story.command("pause");

    expect(story.move(report)).toMatchObject({ record: null, putOff: [] });
  });

  it("tells again which starts a pending pause put off, so that their callbacks are not called", () => {
    const story = new Story().grant();
    story.report([start("a"), start("b"), start("r", { config: { ...CONFIG, retryDelayMs: 0 } })]);
    story.report([fail("r")]);
    story.command("pause");
    const report = story.reportMove([
      complete("a"),
      start("c"),
      start("r", { attempt: 2 }),
      start("d", { alreadyRunning: true }),
    ]);
    const first = story.move(report);

    expect(first.putOff).toEqual([aDo("c"), aDo("r")]);
    expect(story.move(report)).toEqual({ record: null, next: story.state, putOff: first.putOff });
  });

  it("tells so too when the pause took effect with it, or was taken back since", () => {
    const paused = new Story().grant();
    paused.report([start("a")]);
    paused.command("pause");
    const last = paused.reportMove([complete("a"), start("b")]);
    paused.move(last);
    expect(paused.status).toBe("paused");
    expect(paused.move(last).putOff).toEqual([aDo("b")]);

    const resumed = new Story().grant();
    resumed.report([start("a"), start("x")]);
    resumed.command("pause");
    const report = resumed.reportMove([complete("a"), start("b")]);
    resumed.move(report);
    resumed.command("resume");
    expect(resumed.move(report).putOff).toEqual([aDo("b")]);
    expect(resumed.report([start("b")]).putOff).toEqual([]);
  });

  it("is refused when its lease was lost meanwhile: the steps that it started are due elsewhere", () => {
    const story = new Story().grant();
    const report = story.reportMove([start("a")]);
    story.move(report);
    story.lose("expired");

    expect(refusalOf(() => story.move(report))).toMatchObject({ reason: "LEASE_LOST" });
  });

  it("is refused when the instance has passed on; nothing of it is lost, it is in the journal", () => {
    const story = new Story().grant("w1");
    const report = story.reportMove([sleep("nap", 100)], { park: true });
    story.move(report);
    story.advance(100).grant("w1");

    expect(refusalOf(() => story.move(report))).toMatchObject({ reason: "LEASE_LOST" });
    expect(story.open).toEqual([{ status: "undelivered", key: aSleep("nap") }]);
  });
});

describe("a park", () => {
  it("releases the lease, and the index leads to the earliest timer", () => {
    const story = new Story().grant("w1");
    story.report([sleep("long", 500), sleep("short", 100)]);
    const { record } = story.report([], { park: true });

    expect(record?.entries).toEqual([{ kind: "parked" }]);
    expect(story.plain).toMatchObject({ status: "waiting", lease: null, retained: { session: "w1", position: 3 } });
    expect(story.index).toMatchObject({ status: "waiting", readyAt: T0 + 100, lease: null });
  });

  it("in the commit that starts a wait takes one record", () => {
    const story = new Story().grant();
    const decision = story.report([start("a"), complete("a"), wait("approval", "go")], { park: true });

    expect(entriesOf(decision).map((entry) => entry.kind)).toEqual([
      "stepStarted",
      "stepCompleted",
      "waitStarted",
      "parked",
    ]);
  });

  it("does not happen while there is news: an event that came", () => {
    const story = new Story().grant();
    story.report([wait("approval", "go")]);
    story.send("go");

    expect(story.report([], { park: true }).record).toBeNull();
    expect(story.status).toBe("running");
    story.report([deliver(aWait("approval")), sleep("nap", 10)], { park: true });
    expect(story.status).toBe("waiting");
  });

  it("does not happen while there is news: a timer that fires with the report, or an attempt that is due", () => {
    const asleep = new Story().grant();
    asleep.report([sleep("nap", 50)]);
    expect(entriesOf(asleep.advance(50).report([], { park: true }))).toEqual([
      { kind: "sleepCompleted", key: aSleep("nap") },
    ]);
    const retrying = new Story().grant();
    retrying.report([start("a", { config: { ...CONFIG, retryDelayMs: 0 } }), sleep("nap", 50)]);
    retrying.report([fail("a")], { park: true });

    expect([asleep.status, retrying.status]).toEqual(["running", "running"]);
  });

  it("does not happen when nothing would ever wake the instance: its worker keeps it", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    story.report([complete("a")], { park: true });

    expect(story.plain).toMatchObject({ status: "running", lease: { session: "w1" } });
  });

  it("is refused while a step runs", () => {
    const story = new Story().grant();

    expect(refusalOf(() => story.report([start("a"), sleep("nap", 5)], { park: true }))).toEqual({
      reason: "JOURNAL_MISMATCH",
      message: "cannot park while a step is running",
      metadata: {},
    });
  });
});

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
