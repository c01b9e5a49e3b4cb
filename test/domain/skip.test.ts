import { describe, expect, it } from "vitest";
import { aDo, aSleep, aWait, CONFIG, fail, sleep, start, wait } from "./support/operations.ts";
import { entriesOf, Story, T0 } from "./support/story.ts";

describe("a timer that is skipped", () => {
  it("fires before its time, and the journal keeps the time it had", () => {
    const story = new Story().grant().park(sleep("nap", 100), wait("approval", "go", 200));

    expect(entriesOf(story.move({ kind: "skipTimer", key: aSleep("nap") }))).toEqual([
      { kind: "sleepCompleted", key: aSleep("nap") },
    ]);
    expect(entriesOf(story.move({ kind: "skipTimer", key: aWait("approval") }))).toEqual([
      { kind: "waitTimedOut", key: aWait("approval") },
    ]);
    expect(story.records[1]?.entries).toContainEqual({ kind: "sleepStarted", key: aSleep("nap"), dueAt: T0 + 100 });
    expect(story.status).toBe("queued");
  });

  it("may be a retry's: the next attempt is due", () => {
    const story = new Story().grant();
    story.report([start("a", { config: CONFIG })]);
    story.park(fail("a"));

    expect(entriesOf(story.move({ kind: "skipTimer", key: aDo("a") }))).toEqual([
      { kind: "retryDue", key: aDo("a"), attempt: 2 },
    ]);
  });

  it("comes after those that were due", () => {
    const story = new Story().grant().park(sleep("nap", 100), sleep("night", 1_000)).advance(100);

    expect(entriesOf(story.move({ kind: "skipTimer", key: aSleep("night") }))).toEqual([
      { kind: "sleepCompleted", key: aSleep("nap") },
      { kind: "sleepCompleted", key: aSleep("night") },
    ]);
  });

  it("stands still with the others while the instance is paused", () => {
    const story = new Story().grant().park(sleep("nap", 100)).command("pause");

    expect(story.move({ kind: "skipTimer", key: aSleep("nap") }).record).toBeNull();
  });

  it("is nothing where no timer runs", () => {
    const story = new Story().grant();

    expect(story.move({ kind: "skipTimer", key: aSleep("nap") }).record).toBeNull();
  });
});
