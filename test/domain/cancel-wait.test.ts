import { describe, expect, it } from "vitest";
import type { Operation } from "../../services/engine/src/domain/operation.ts";
import { aSleep, aWait, deliver, json, sleep, wait } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

const cancel = (name: string): Operation => ({ kind: "cancelWait", key: aWait(name) });
const either = (name: string, ...types: readonly [string, ...string[]]): Operation => {
  const [eventType, ...otherEventTypes] = types;
  return { kind: "startWait", key: aWait(name), eventType, otherEventTypes, timeoutMs: 60_000 };
};

function waiting(...operations: readonly Operation[]): Story {
  const story = new Story().grant();
  story.report(operations);
  return story;
}

describe("a wait that run no longer waits for", () => {
  it("takes no event any more", () => {
    const story = waiting(wait("w", "go"));
    expect(entriesOf(story.report([cancel("w")]))).toEqual([{ kind: "waitCancelled", key: aWait("w") }]);
    story.send("go");

    expect(story.plain).toMatchObject({ open: [], finished: ["wait:1:w"], buffered: [{ event: 1, type: "go" }] });
  });

  it("gives an event that run has not seen back to its place", () => {
    const story = waiting(wait("w", "go"));
    story.send("go");
    story.send("go");
    story.send("stop");
    story.report([cancel("w")]);

    expect(story.state.buffered.map(({ event }) => event)).toEqual([1, 2, 3]);
    expect(entriesOf(story.report([wait("v", "go")])).at(-1)).toEqual({
      kind: "waitCompleted",
      key: aWait("v"),
      event: 1,
    });
  });

  it("gives it to the next in line of its type, in the same record", () => {
    const story = waiting(wait("w", "go"), wait("other", "stop"), wait("v", "go"));
    story.send("go");

    expect(entriesOf(story.report([cancel("w")]))).toEqual([
      { kind: "waitCancelled", key: aWait("w") },
      { kind: "waitCompleted", key: aWait("v"), event: 1 },
    ]);
  });

  it("has nothing to give when its time was over", () => {
    const story = waiting(wait("w", "go", 100), wait("v", "go"));

    expect(entriesOf(story.advance(100).report([cancel("w")]))).toEqual([
      { kind: "waitTimedOut", key: aWait("w") },
      { kind: "waitCancelled", key: aWait("w") },
    ]);
  });

  it("may be said of one whose outcome run has seen: that changes nothing", () => {
    const story = waiting(wait("w", "go"));
    story.send("go");
    story.report([deliver(aWait("w"))]);

    expect(story.report([cancel("w")]).record).toBeNull();
    expect(waiting(wait("w", "go"), cancel("w")).report([cancel("w")]).record).toBeNull();
  });

  it("leaves an instance unparked that nothing else would wake", () => {
    const story = waiting(wait("w", "go"));
    story.report([cancel("w")], { park: true });

    expect(story.status).toBe("running");
  });

  it.each<[string, Operation]>([
    ["has not started", cancel("v")],
    ["is a sleep", { kind: "cancelWait", key: aSleep("nap") }],
  ])("is not one that %s", (_what, operation) => {
    expect(refusalOf(() => waiting(sleep("nap", 100), wait("w", "go")).report([operation])).reason).toBe(
      "JOURNAL_MISMATCH",
    );
  });

  it("cannot be delivered after it", () => {
    const story = waiting(wait("w", "go"));
    story.send("go");

    expect(refusalOf(() => story.report([cancel("w"), deliver(aWait("w"))])).reason).toBe("JOURNAL_MISMATCH");
  });
});

describe("a wait for events of several types", () => {
  it("takes the first one of any of them, kept ones in the order of their acceptance", () => {
    const story = new Story().grant();
    story.send("blue");
    story.send("green");
    story.send("red");

    expect(entriesOf(story.report([either("w", "red", "green")]))).toEqual([
      {
        kind: "waitStarted",
        key: aWait("w"),
        eventType: "red",
        otherEventTypes: ["green"],
        dueAt: T0 + 60_000,
        timeoutMs: 60_000,
      },
      { kind: "waitCompleted", key: aWait("w"), event: 2 },
    ]);
  });

  it("stands in each line at its one place", () => {
    const story = waiting(wait("first", "red"), either("w", "red", "green"), wait("last", "green"));
    expect(entriesOf(story.send("green")).at(-1)).toMatchObject({ key: aWait("w") });
    expect(entriesOf(story.send("green")).at(-1)).toMatchObject({ key: aWait("last") });
    expect(entriesOf(story.send("red")).at(-1)).toMatchObject({ key: aWait("first") });
  });

  it("has at most a hundred of them", () => {
    const types = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`) as [string, ...string[]];
    expect(waiting(either("w", ...types(100))).open).toHaveLength(1);

    expect(refusalOf(() => waiting(either("w", ...types(101)))).reason).toBe("INVALID_FIELD");
  });
});

it("what a wait was given weighs once, whoever gets it", () => {
  const story = waiting(wait("w", "go"));
  story.send("go", { payload: json("12345678") });
  const { storedBytes } = story.state;
  story.report([cancel("w"), wait("v", "go")]);

  expect(story.state.storedBytes).toBe(storedBytes);
});
