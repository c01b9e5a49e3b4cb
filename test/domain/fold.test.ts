import { describe, expect, it } from "vitest";
import type { Entry, JournalRecord } from "../../services/engine/src/domain/entry.ts";
import { foldRecord } from "../../services/engine/src/domain/fold.ts";
import { sameIndex } from "../../services/engine/src/domain/head.ts";
import { initialState } from "../../services/engine/src/domain/state.ts";
import { aDo, complete, sleep, start } from "./support/operations.ts";
import { BIRTH, refusalOf, Story, T0 } from "./support/story.ts";

function record(position: number, ...entries: readonly Entry[]): JournalRecord {
  return { position, committedAt: T0, report: null, entries };
}

describe("a fold", () => {
  it.each([0, 2, -1])("refuses a record at position %d as the first", (position) => {
    expect(refusalOf(() => foldRecord(initialState(BIRTH, 1, T0), record(position)))).toEqual({
      reason: "CORRUPT_DOCUMENT",
      message: `record ${position} cannot follow position 0`,
      metadata: {},
    });
  });

  it("refuses a record of the run before, once that was restarted", () => {
    const next = foldRecord(initialState(BIRTH, 1, T0), record(1, { kind: "instanceRestarted" }));

    expect(refusalOf(() => foldRecord(next, record(2)))).toMatchObject({ reason: "CORRUPT_DOCUMENT" });
  });

  it("refuses what the lifecycle does not have", () => {
    const lost = record(1, { kind: "leaseLost", epoch: 1, reason: "expired" });

    expect(refusalOf(() => foldRecord(initialState(BIRTH, 1, T0), lost))).toEqual({
      reason: "CORRUPT_DOCUMENT",
      message: "record 1 cannot follow a state that is queued",
      metadata: {},
    });
  });

  it("refuses a retry of a step that never started", () => {
    const state = initialState(BIRTH, 1, T0);

    expect(refusalOf(() => foldRecord(state, record(1, { kind: "retryDue", key: aDo("a"), attempt: 2 })))).toEqual({
      reason: "CORRUPT_DOCUMENT",
      message: "no start of step do:1:a in the journal",
      metadata: {},
    });
  });
});

describe("an index", () => {
  it("is worth writing when it would lead somebody elsewhere, not for a position alone", () => {
    const story = new Story().grant();
    const leased = story.index;
    story.report([start("a"), complete("a"), sleep("nap", 100)]);
    const later = story.index;
    const parked = story.park().index;
    const paused = story.command("pause").index;
    const restarted = story.command("restart").index;

    expect(sameIndex(leased, later)).toBe(true);
    expect([sameIndex(later, parked), sameIndex(parked, paused), sameIndex(paused, restarted)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
