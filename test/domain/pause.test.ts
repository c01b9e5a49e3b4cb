import { describe, expect, it } from "vitest";
import { aDo, aSleep, aWait, complete, COMPLETE, CONFIG, fail, sleep, start, wait } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

describe("a pause", () => {
  it("stops the clocks: 600 ms of sleep, paused at 120 for 730, end 480 after the resume", () => {
    const story = new Story().grant().park(sleep("nap", 600));
    story.advance(120).command("pause");
    expect(story.plain).toMatchObject({ status: "paused", pausedAt: T0 + 120 });
    expect(story.index).toMatchObject({ status: "paused", readyAt: null });
    story.advance(730).command("resume");
    expect(story.plain).toMatchObject({ status: "queued", pausedAt: null, readySince: T0 + 850 });
    story.grant().park();

    expect(story.index).toMatchObject({ status: "waiting", readyAt: T0 + 850 + 480 });
    expect(story.advance(479).move({ kind: "grant", session: "w1" }).record).toBeNull();
    expect(entriesOf(story.advance(1).move({ kind: "grant", session: "w1" }))).toMatchObject([
      { kind: "sleepCompleted" },
      { kind: "leaseGranted" },
    ]);
  });

  it("stops those of retries and waits too, each pause anew", () => {
    const story = new Story().grant();
    story.report([start("a"), wait("approval", "go", 1_000)]);
    story.report([fail("a")], { park: true });
    story.advance(10).command("pause").advance(20).command("resume");
    story.advance(30).command("pause").advance(40).command("resume");

    expect(story.open).toEqual([
      { status: "backingOff", key: aDo("a"), attempt: 2, config: CONFIG, dueAt: T0 + 10_060 },
      { status: "awaiting", key: aWait("approval"), eventTypes: ["go"], dueAt: T0 + 1_060, timeoutMs: 1_000 },
    ]);
  });

  it("comes after the timers that were due at its time", () => {
    const story = new Story().grant().park(sleep("nap", 100));
    const decision = story.advance(100).move({ kind: "pause" });

    expect(entriesOf(decision)).toEqual([{ kind: "sleepCompleted", key: aSleep("nap") }, { kind: "paused" }]);
  });

  it("never moves a timer forward, though the clock of the replica that ends it is behind", () => {
    const story = new Story().grant().park(sleep("nap", 600));
    story.advance(120).command("pause").advance(-50).command("resume");

    expect(story.open).toEqual([{ status: "sleeping", key: aSleep("nap"), dueAt: T0 + 600 }]);
  });

  it("lets events come, but nobody go on", () => {
    const story = new Story().grant().park(wait("approval", "go", 100));
    story.advance(50).command("pause").advance(500);
    story.send("go");
    story.send("go");

    expect(story.plain).toMatchObject({
      status: "paused",
      open: [{ status: "undelivered", key: aWait("approval") }],
      buffered: [{ event: 2, type: "go" }],
    });
    expect(story.move({ kind: "grant", session: "w1" }).record).toBeNull();
  });

  it("may end in any way that an instance can end", () => {
    const story = new Story().command("pause");
    story.command("terminate");

    expect(story.plain).toMatchObject({ status: "terminated", pausedAt: null });
  });
});

describe("a pause that is pending", () => {
  it("waits for the steps in flight, puts off what would start, and takes effect with the last report", () => {
    const story = new Story().grant("w1");
    story.report([start("a"), start("b")]);
    expect(entriesOf(story.move({ kind: "pause" }))).toEqual([{ kind: "pauseRequested" }]);
    expect(story.plain).toMatchObject({ status: "waitingForPause", pausedAt: null, lease: { epoch: 1 } });

    const first = story.report([complete("a"), start("c")]);
    expect(first.putOff).toEqual([aDo("c")]);
    expect(entriesOf(first)).toMatchObject([{ kind: "stepCompleted", key: aDo("a") }]);

    const last = story.advance(10).report([complete("b"), start("d"), sleep("nap", 100)]);
    expect(last.putOff).toEqual([aDo("d")]);
    expect(entriesOf(last)).toMatchObject([
      { kind: "stepCompleted", key: aDo("b") },
      { kind: "sleepStarted", dueAt: T0 + 110 },
      { kind: "paused" },
    ]);
    expect(story.plain).toMatchObject({
      status: "paused",
      pausedAt: T0 + 10,
      lease: null,
      retained: { session: "w1", position: 5 },
      stepCount: 2,
    });
  });

  it("puts a start off once: the same step cannot be asked for again in one report", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    story.command("pause");

    expect(refusalOf(() => story.report([start("b"), start("b", { alreadyRunning: true })]))).toMatchObject({
      reason: "JOURNAL_MISMATCH",
      message: 'step "b" (do, use 1) starts twice',
    });
  });

  it("is not a report when it puts off all there is", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    story.command("pause");

    expect(story.report([start("b")])).toEqual({ record: null, next: story.state, putOff: [aDo("b")] });
  });

  it("takes effect with an empty report when nothing is in flight, parked or not", () => {
    for (const park of [false, true]) {
      const story = new Story().grant();
      story.report([sleep("nap", 100)]);
      story.command("pause");

      expect(entriesOf(story.report([], { park }))).toEqual([{ kind: "paused" }]);
    }
  });

  it("lets steps go on that their worker had called before it could know", () => {
    const story = new Story().grant();
    story.command("pause");
    const { putOff } = story.report([start("a", { alreadyRunning: true }), start("b")]);

    expect(putOff).toEqual([aDo("b")]);
    expect(story.plain).toMatchObject({ status: "waitingForPause", open: [{ status: "running", key: aDo("a") }] });
  });

  it("lets clocks run, timers fire and events come until it takes effect", () => {
    const story = new Story().grant();
    story.report([start("a"), sleep("nap", 100), wait("approval", "go")]);
    story.command("pause");
    story.advance(100).send("go");

    expect(story.open.map((step) => step.status)).toEqual(["running", "undelivered", "undelivered"]);
    expect(story.status).toBe("waitingForPause");
  });

  it("is taken back by a resume, which moves no clock", () => {
    const story = new Story().grant();
    story.report([start("a"), sleep("nap", 500)]);
    const before = story.plain;
    story.command("pause").advance(100);

    expect(entriesOf(story.move({ kind: "resume" }))).toEqual([{ kind: "resumed" }]);
    expect(story.plain).toEqual({ ...before, position: 4 });
    expect(story.report([complete("a"), start("b")]).putOff).toEqual([]);
  });

  it("does not keep the instance from its end", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    story.command("pause");
    story.report([complete("a"), COMPLETE]);

    expect(story.status).toBe("complete");
  });

  it("puts an attempt off that is due, and lets it start after the resume with the same number", () => {
    const story = new Story().grant();
    story.report([start("a", { config: { ...CONFIG, retryDelayMs: 0 } }), start("b")]);
    story.report([fail("a")]);
    story.command("pause");
    expect(story.report([start("a", { attempt: 2 })]).putOff).toEqual([aDo("a")]);
    story.report([complete("b")]);
    story.command("resume").grant();

    expect(refusalOf(() => story.report([start("a", { attempt: 3 })]))).toMatchObject({ reason: "JOURNAL_MISMATCH" });
    expect(entriesOf(story.report([start("a", { attempt: 2 })]))).toMatchObject([{ kind: "stepStarted", attempt: 2 }]);
  });
});
