import { describe, expect, it } from "vitest";
import { LOST_ATTEMPT } from "../../services/engine/src/domain/failure.ts";
import { aDo, complete, COMPLETE, CONFIG, sleep, start, wait } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

describe("a grant", () => {
  it("gives a queued instance to a session, with the next epoch", () => {
    const story = new Story().advance(5);
    const before = story.plain;
    const { record } = story.move({ kind: "grant", session: "w1" });

    expect(record).toEqual({
      position: 1,
      committedAt: T0 + 5,
      report: null,
      entries: [{ kind: "leaseGranted", epoch: 1, session: "w1" }],
    });
    const lease = { session: "w1", epoch: 1, grantedAt: T0 + 5 };
    expect(story.plain).toEqual({ ...before, position: 1, status: "running", epoch: 1, lease });
    expect(story.index).toMatchObject({ status: "running", readyAt: null, lease });
  });

  it("has happened already in the write that created an instance and handed it over", () => {
    const story = new Story({ handedTo: "w1" });

    expect(story.plain).toMatchObject({
      position: 0,
      status: "running",
      epoch: 1,
      lease: { session: "w1", epoch: 1, grantedAt: T0 },
    });
    expect(story.report([COMPLETE]).record).toMatchObject({ position: 1, report: { epoch: 1, sequence: 1 } });
  });

  it("changes nothing when the instance is leased already, to whomever", () => {
    const story = new Story().grant("w1");
    const before = story.plain;

    expect(story.move({ kind: "grant", session: "w2" }).record).toBeNull();
    expect(story.move({ kind: "grant", session: "w1" }).record).toBeNull();
    expect(story.plain).toEqual(before);
  });

  it("of a parked instance needs a timer that is due, and fires it in the same record", () => {
    const story = new Story().grant().park(sleep("nap", 100));
    expect(story.advance(99).move({ kind: "grant", session: "w1" }).record).toBeNull();
    const { record } = story.advance(1).move({ kind: "grant", session: "w1" });

    expect(record?.entries).toEqual([
      { kind: "sleepCompleted", key: { kind: "sleep", name: "nap", count: 1 } },
      { kind: "leaseGranted", epoch: 2, session: "w1" },
    ]);
  });

  it("forgets who had the run in memory, and what was reported under the lease before", () => {
    const story = new Story().grant("w1").park(sleep("nap", 100));
    expect(story.plain).toMatchObject({
      retained: { session: "w1", position: 2 },
      report: { epoch: 1, sequence: 1 },
    });
    story.advance(100).grant("w2");

    expect(story.plain).toMatchObject({ retained: null, report: null });
  });
});

describe("a lost lease", () => {
  it("makes the instance ready again, and its holder's report is refused", () => {
    const story = new Story().grant("w1").advance(30);
    const late = story.reportMove([COMPLETE]);
    const { record } = story.lose();

    expect(record?.entries).toEqual([{ kind: "leaseLost", epoch: 1, reason: "expired" }]);
    expect(story.index).toMatchObject({ status: "queued", readyAt: T0, lease: null });
    expect(refusalOf(() => story.move(late))).toEqual({
      reason: "LEASE_LOST",
      message: "the lease of this task has ended or passed on",
      metadata: { epoch: "1", status: "queued" },
    });
  });

  it("uses up an attempt of every step that was running when it expired", () => {
    const story = new Story().grant();
    story.report([start("a"), start("b"), start("c"), sleep("nap", 1_000)]);
    story.report([complete("b")]);
    const decision = story.advance(10).lose("expired");

    expect(entriesOf(decision)).toEqual([
      { kind: "leaseLost", epoch: 1, reason: "expired" },
      { kind: "stepFailed", key: aDo("a"), attempt: 1, failure: LOST_ATTEMPT, retryAt: story.now },
      { kind: "retryDue", key: aDo("a"), attempt: 2 },
      { kind: "stepFailed", key: aDo("c"), attempt: 1, failure: LOST_ATTEMPT, retryAt: story.now },
      { kind: "retryDue", key: aDo("c"), attempt: 2 },
    ]);
    expect(story.open.map((step) => step.status)).toEqual(["due", "due", "sleeping"]);
  });

  it("leads to another attempt though no retry is left: nobody knows how the lost one ended", () => {
    const story = new Story().grant();
    story.report([start("a", { config: { ...CONFIG, retryLimit: 0 } })]);
    story.lose("expired");
    story.grant("w2");

    expect(entriesOf(story.report([start("a", { attempt: 2 })]))).toEqual([
      { kind: "stepStarted", key: aDo("a"), attempt: 2, config: null, startedAt: T0 },
    ]);
  });

  it.each(["released", "undelivered"] as const)("uses up no attempt when it was %s", (reason) => {
    const story = new Story().grant();
    story.report([start("a")]);

    expect(entriesOf(story.lose(reason))).toEqual([
      { kind: "leaseLost", epoch: 1, reason },
      { kind: "retryDue", key: aDo("a"), attempt: 1 },
    ]);
    story.grant("w2");
    expect(story.open).toEqual([{ status: "due", key: aDo("a"), attempt: 1, config: CONFIG }]);
  });

  it("is lost once: what comes later, or means an older one, changes nothing", () => {
    const story = new Story().grant("w1");
    story.lose();
    expect(story.lose().record).toBeNull();
    story.grant("w2");
    expect(story.lose("expired", 1).record).toBeNull();

    expect(story.state.lease?.session).toBe("w2");
  });

  it("of an earlier run does not take the same epoch of this run away", () => {
    const story = new Story().grant("w1");
    story.command("restart").grant("w2");

    expect(story.lose("expired", 1, 1).record).toBeNull();
    expect(story.state.lease).toEqual({ session: "w2", epoch: 1, grantedAt: T0 });
  });

  it("completes a pending pause, after the timers that were due", () => {
    const story = new Story().grant();
    story.report([start("a"), wait("approval", "go", 50)]);
    story.command("pause").advance(60);

    expect(entriesOf(story.lose("expired"))).toEqual([
      { kind: "waitTimedOut", key: { kind: "wait", name: "approval", count: 1 } },
      { kind: "leaseLost", epoch: 1, reason: "expired" },
      { kind: "stepFailed", key: aDo("a"), attempt: 1, failure: LOST_ATTEMPT, retryAt: story.now },
      { kind: "retryDue", key: aDo("a"), attempt: 2 },
      { kind: "paused" },
    ]);
    expect(story.plain).toMatchObject({ status: "paused", pausedAt: story.now, lease: null });
  });
});

describe("leases that are lost before any report", () => {
  it("have used up attempts of the steps that a task reaches first, which only its worker knows of", () => {
    const story = new Story().grant("w1");
    story.lose("expired");
    story.grant("w2");
    story.lose("expired");
    story.grant("w3");
    expect(story.state.lostAttempts).toBe(2);
    story.report([start("a", { attempt: 3, alreadyRunning: true }), start("b", { attempt: 1, alreadyRunning: true })]);

    expect(story.state.lostAttempts).toBe(0);
    expect(story.open.map((step) => "attempt" in step && step.attempt)).toEqual([3, 1]);
  });

  it("count only when they expired", () => {
    const story = new Story().grant("w1");
    story.lose("undelivered");
    story.grant("w2");
    story.lose("released");

    expect(story.state.lostAttempts).toBe(0);
  });

  it("no longer count once a lease was reported under, and one that was is not among them", () => {
    const story = new Story().grant("w1");
    story.lose("expired");
    story.grant("w2");
    story.report([start("a", { attempt: 2, alreadyRunning: true })]);
    story.lose("expired");

    expect(story.state.lostAttempts).toBe(0);
  });

  it("do not count for a step that is only about to start", () => {
    const story = new Story().grant("w1");
    story.lose("expired");
    story.grant("w2");

    expect(refusalOf(() => story.report([start("a", { attempt: 2 })]))).toMatchObject({
      reason: "JOURNAL_MISMATCH",
      message: 'step "a" (do, use 1) is at attempt 1, not 2',
    });
  });
});
