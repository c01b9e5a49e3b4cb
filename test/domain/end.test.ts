import { describe, expect, it } from "vitest";
import type { Decision } from "../../services/engine/src/domain/draft.ts";
import { EngineError } from "../../services/engine/src/domain/errors.ts";
import type { Status } from "../../services/engine/src/domain/lifecycle.ts";
import type { Move } from "../../services/engine/src/domain/move.ts";
import { initialState } from "../../services/engine/src/domain/state.ts";
import { IN_STATUS } from "./support/in-each-status.ts";
import { COMPLETE, complete, FAIL, json, sleep, start } from "./support/operations.ts";
import { plainState, universeOf } from "./support/plain-state.ts";
import { BIRTH, entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

const FINISHED = ["complete", "errored", "terminated"] as const satisfies Status[];

const LOSS = { kind: "loseLease", uid: "uid-1", reason: "expired" } as const;

function answerTo(call: () => Decision): string {
  try {
    return call().record === null ? "nothing" : "a record";
  } catch (error) {
    return error instanceof EngineError ? error.reason : "a bug";
  }
}

describe("the end of a run", () => {
  const LATE: readonly (readonly [string, (story: Story) => Move, string])[] = [
    ["a grant", () => ({ kind: "grant", session: "w1" }), "nothing"],
    ["a pause", () => ({ kind: "pause" }), "nothing"],
    ["a resume", () => ({ kind: "resume" }), "nothing"],
    ["a purge before its time", () => ({ kind: "purge" }), "nothing"],
    ["the loss of its lease", ({ state }) => ({ ...LOSS, run: state.run, epoch: state.epoch }), "nothing"],
    ["a termination", () => ({ kind: "terminate" }), "INVALID_TRANSITION"],
    ["an event", () => ({ kind: "sendEvent", type: "go", payload: json(1), requestId: null }), "INVALID_TRANSITION"],
    ["another end", (story) => story.reportMove([FAIL]), "LEASE_LOST"],
    ["a park", (story) => story.reportMove([], { park: true }), "LEASE_LOST"],
  ];

  it.each(FINISHED.flatMap((status) => LATE.map(([what, move, answer]) => ({ status, what, move, answer }))))(
    "is final: $what after $status is answered with $answer, and changes nothing",
    ({ status, move, answer }) => {
      const story = IN_STATUS[status]();
      const before = story.plain;

      expect(answerTo(() => story.move(move(story)))).toBe(answer);
      expect(story.plain).toEqual(before);
    },
  );

  it.each([
    ["complete", 1_000],
    ["terminated", 1_000],
    ["errored", 2_000],
  ] as const)("as %s is kept for its time and then purged, for good", (status, keptMs) => {
    const story = IN_STATUS[status]();
    const purgeAt = story.now + keptMs;
    expect(story.index).toMatchObject({ status, readyAt: null, endedAt: story.now, purgeAt });
    expect(story.advance(keptMs - 1).move({ kind: "purge" }).record).toBeNull();
    expect(entriesOf(story.advance(1).move({ kind: "purge" }))).toEqual([{ kind: "instancePurged" }]);

    expect(refusalOf(() => story.command("restart"))).toMatchObject({ reason: "INSTANCE_NOT_FOUND" });
  });

  it("that a restart took back is not purged", () => {
    const story = IN_STATUS.complete().command("restart").advance(10_000);

    expect(story.move({ kind: "purge" }).record).toBeNull();
  });
});

describe("a restart", () => {
  it.each(Object.keys(IN_STATUS) as Status[])("of a %s instance leaves nothing of the run but its birth", (status) => {
    const story = IN_STATUS[status]();
    const { run, position } = story.state;
    const { record } = story.advance(3).move({ kind: "restart" });

    expect(record).toEqual({
      position: position + 1,
      committedAt: story.now,
      report: null,
      entries: [{ kind: "instanceRestarted" }],
    });
    expect(story.plain).toEqual(plainState(initialState(BIRTH, run + 1, story.now), universeOf([])));
    expect(story.index).toMatchObject({ run: run + 1, position: 0, status: "queued", readyAt: story.now, lease: null });
  });

  it("is not handed over to the session that the creation was", () => {
    const story = new Story({ handedTo: "w1" }).command("restart");

    expect(story.plain).toMatchObject({ status: "queued", lease: null, epoch: 0 });
  });

  it("lets the same keys, events and sequence numbers begin anew", () => {
    const story = new Story().grant();
    story.report([start("a"), complete("a"), sleep("nap", 5)]);
    story.send("go", { requestId: "r1" });
    story.command("restart").grant();

    expect(story.report([start("a"), complete("a"), sleep("nap", 5)]).record).toMatchObject({
      position: 2,
      report: { epoch: 1, sequence: 1 },
    });
    expect(entriesOf(story.send("go", { requestId: "r1" }))).toMatchObject([{ event: 1 }]);
  });

  it("while leased cuts the holder off", () => {
    const story = new Story().grant("w1");
    story.report([start("a")]);
    const late = story.reportMove([complete("a"), COMPLETE]);
    story.command("restart");

    expect(refusalOf(() => story.move(late))).toEqual({
      reason: "LEASE_LOST",
      message: "the lease of this task has ended or passed on",
      metadata: { epoch: "1", status: "queued" },
    });
  });
});

describe("a termination", () => {
  it("cuts the holder off, and is told to be too late after the end", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    const late = story.reportMove([complete("a")]);
    story.advance(4).command("terminate");

    expect(story.plain).toMatchObject({ status: "terminated", endedAt: T0 + 4, lease: null, open: [] });
    expect(refusalOf(() => story.move(late))).toMatchObject({ reason: "LEASE_LOST" });
    expect(refusalOf(() => story.command("terminate"))).toMatchObject({ reason: "INVALID_TRANSITION" });
  });
});

describe("an empty record that takes a lagging index along", () => {
  it.each(Object.keys(IN_STATUS) as Status[])("changes nothing of a %s instance but its position", (status) => {
    const story = IN_STATUS[status]();
    const before = story.plain;
    const position = before.position + 1;

    expect(story.move({ kind: "settle" }).record).toEqual({
      position,
      committedAt: story.now,
      report: null,
      entries: [],
    });
    expect(story.plain).toEqual({ ...before, position });
  });
});
