import { describe, expect, it } from "vitest";
import { aSleep, aWait, complete, deliver, fail, sleep, start, wait, CONFIG } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

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
