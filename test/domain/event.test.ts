import { describe, expect, it } from "vitest";
import { BUFFERED_EVENTS_MAX, TIMER_MS_MAX } from "../../services/engine/src/domain/limits.ts";
import { aWait, COMPLETE, deliver, json, sleep, start, wait } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

describe("an event", () => {
  it("wakes the instance that waits for its type", () => {
    const story = new Story().grant().park(wait("approval", "go"));
    const { record } = story.advance(10).send("go", { payload: json({ by: "ann" }) });

    expect(record).toEqual({
      position: 3,
      committedAt: T0 + 10,
      report: null,
      entries: [
        {
          kind: "eventAccepted",
          event: 1,
          type: "go",
          payload: json({ by: "ann" }),
          acceptedAt: T0 + 10,
          requestId: null,
        },
        { kind: "waitCompleted", key: aWait("approval"), event: 1 },
      ],
    });
    expect(story.index).toMatchObject({ status: "queued", readyAt: T0 });
    expect(story.plain).toMatchObject({ open: [{ status: "undelivered", key: aWait("approval") }], buffered: [] });
  });

  it("of another type is kept, and wakes nobody", () => {
    const story = new Story().grant().park(wait("approval", "go"));

    expect(entriesOf(story.send("stop"))).toHaveLength(1);
    expect(story.plain).toMatchObject({ status: "waiting", buffered: [{ event: 1, type: "stop" }] });
  });

  it("that came before its wait is kept for it, first come first served", () => {
    const story = new Story();
    story.send("go", { payload: json(1) });
    story.send("stop");
    story.send("go", { payload: json(2) });
    story.grant();
    const decision = story.report([wait("one", "go"), wait("two", "go"), wait("three", "go")]);

    expect(entriesOf(decision)).toMatchObject([
      { kind: "waitStarted", key: aWait("one") },
      { kind: "waitCompleted", key: aWait("one"), event: 1 },
      { kind: "waitStarted", key: aWait("two") },
      { kind: "waitCompleted", key: aWait("two"), event: 3 },
      { kind: "waitStarted", key: aWait("three") },
    ]);
    expect(story.plain.buffered).toEqual([{ event: 2, type: "stop" }]);
  });

  it("that was kept is taken even by a wait without any time", () => {
    const story = new Story();
    story.send("go");
    story.grant();

    expect(entriesOf(story.report([wait("approval", "go", 0)])).map((entry) => entry.kind)).toEqual([
      "waitStarted",
      "waitCompleted",
    ]);
  });

  it("goes to the wait that has stood longest, one event a wait", () => {
    const story = new Story().grant();
    story.report([wait("first", "go")]);
    story.report([wait("second", "go")]);
    story.park();

    expect(entriesOf(story.send("go"))).toMatchObject([{ event: 1 }, { key: aWait("first"), event: 1 }]);
    expect(entriesOf(story.send("go"))).toMatchObject([{ event: 2 }, { key: aWait("second"), event: 2 }]);
    expect(entriesOf(story.send("go"))).toMatchObject([{ event: 3 }]);
  });

  it("is taken by a wait that has merely lost a race: it still stands in line", () => {
    const story = new Story().grant();
    story.report([wait("slow", "go"), sleep("fast", 0)]);
    story.report([deliver({ kind: "sleep", name: "fast", count: 1 }), wait("next", "go")]);

    expect(entriesOf(story.send("go"))).toMatchObject([{}, { key: aWait("slow") }]);
  });

  it("is not taken by a wait whose time is over, though nobody has noticed its end", () => {
    const story = new Story().grant().park(wait("approval", "go", 100));
    const decision = story.advance(100).send("go");

    expect(entriesOf(decision)).toMatchObject([
      { kind: "waitTimedOut", key: aWait("approval") },
      { kind: "eventAccepted", event: 1 },
    ]);
    expect(story.plain).toMatchObject({ status: "queued", buffered: [{ event: 1, type: "go" }] });
  });

  it("comes to an instance that is leased without disturbing its holder, who hears of it with the next report", () => {
    const story = new Story().grant();
    story.report([wait("approval", "go"), start("a")]);
    const report = story.reportMove(
      [{ kind: "completeStep", key: { kind: "do", name: "a", count: 1 }, attempt: 1, output: json(1) }],
      {
        park: true,
      },
    );
    story.send("go");
    expect(story.plain).toMatchObject({ status: "running", lease: { epoch: 1 } });
    story.move(report);

    expect(story.plain).toMatchObject({
      status: "running",
      open: [{ status: "undelivered", key: aWait("approval") }],
      finished: ["do:1:a"],
    });
  });

  it("sent again with its key is accepted once", () => {
    const story = new Story();
    story.send("go", { requestId: "r1" });
    const before = story.plain;

    expect(story.advance(5).send("go", { requestId: "r1" })).toEqual({ record: null, next: story.state, putOff: [] });
    expect(story.plain).toEqual(before);
    expect(story.send("go", { requestId: "r2" }).record).not.toBeNull();
  });

  it("sent again with its key is a success after the end that it brought, and new ones are refused", () => {
    const story = new Story();
    story.send("go", { requestId: "r1" });
    story.grant().report([COMPLETE]);

    expect(story.send("go", { requestId: "r1" }).record).toBeNull();
    expect(refusalOf(() => story.send("go", { requestId: "r2" }))).toEqual({
      reason: "INVALID_TRANSITION",
      message: "the instance is complete and takes no events",
      metadata: { status: "complete" },
    });
  });

  it("of the run before is gone with it, and so is its key", () => {
    const story = new Story();
    story.send("go", { requestId: "r1" });
    story.command("restart");

    expect(entriesOf(story.send("go", { requestId: "r1" }))).toMatchObject([{ kind: "eventAccepted", event: 1 }]);
  });

  it("is refused when too many are kept, unless a wait takes it", () => {
    const story = new Story().grant().park(wait("approval", "stop"));
    for (let sent = 0; sent < BUFFERED_EVENTS_MAX; sent++) story.send("go");

    expect(refusalOf(() => story.send("go"))).toEqual({
      reason: "LIMIT_EXCEEDED",
      message: "10000 events wait for this instance already",
      metadata: { limitEvents: "10000" },
    });
    expect(entriesOf(story.send("stop"))).toMatchObject([{ event: 10_001 }, { kind: "waitCompleted" }]);
    story.grant().report([wait("room", "go")]);
    expect(story.send("go").record).not.toBeNull();
  });
});

describe("a wait", () => {
  it("gives up at its time and not before", () => {
    const story = new Story().grant().park(wait("approval", "go", 100));
    expect(story.advance(99).move({ kind: "grant", session: "w1" }).record).toBeNull();

    expect(entriesOf(story.advance(1).move({ kind: "grant", session: "w1" }))).toMatchObject([
      { kind: "waitTimedOut", key: aWait("approval") },
      { kind: "leaseGranted" },
    ]);
  });

  it("without any time gives up in the record that starts it", () => {
    const story = new Story().grant();

    expect(entriesOf(story.report([wait("approval", "go", 0)]))).toEqual([
      { kind: "waitStarted", key: aWait("approval"), eventType: "go", otherEventTypes: [], dueAt: T0, timeoutMs: 0 },
      { kind: "waitTimedOut", key: aWait("approval") },
    ]);
  });

  it("may take 365 days", () => {
    const story = new Story().grant();

    expect(entriesOf(story.report([wait("approval", "go", TIMER_MS_MAX)]))).toMatchObject([
      { dueAt: T0 + TIMER_MS_MAX, timeoutMs: TIMER_MS_MAX },
    ]);
  });

  it.each([-1, TIMER_MS_MAX + 1, Infinity, Number.NaN])("may not take %d ms", (timeoutMs) => {
    const story = new Story().grant();

    expect(refusalOf(() => story.report([wait("approval", "go", timeoutMs)]))).toMatchObject({
      reason: "INVALID_FIELD",
      metadata: { limitMs: "31536000000" },
    });
  });
});
