import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { JournalEntrySchema } from "perdure/proto/perdure/v1/journal_pb";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { describe, expect, it } from "vitest";
import { JournalView } from "../../../sdk/typescript/src/worker/journal-view.ts";

const NAP = { kind: StepKind.SLEEP, name: "nap", count: 1 };
const WORK = { kind: StepKind.DO, name: "work", count: 1 };
const WAIT = { kind: StepKind.WAIT, name: "go", count: 1 };

const entry = (init: MessageInitShape<typeof JournalEntrySchema>["entry"]) =>
  create(JournalEntrySchema, { entry: init! });

const slept = entry({ case: "sleepCompleted", value: { key: NAP } });
const due = entry({ case: "retryDue", value: { key: WORK, attempt: 2 } });
const accepted = entry({ case: "eventAccepted", value: { event: 1, type: "go" } });
const received = entry({ case: "waitCompleted", value: { key: WAIT, event: 1 } });

describe("news that comes a second time", () => {
  it("of a sleep's end is delivered once", () => {
    const view = new JournalView();
    view.mark(NAP, { status: "pending" });
    view.learn(slept);
    view.learn(slept);
    const first = view.takeUndelivered();
    view.learn(slept);

    expect(first.map(({ key }) => key)).toEqual([NAP]);
    expect(view.takeUndelivered()).toEqual([]);
  });

  it("of an event is delivered once", () => {
    const view = new JournalView();
    view.mark(WAIT, { status: "pending" });
    for (const one of [accepted, received, accepted, received]) view.learn(one);

    expect(view.takeUndelivered()).toHaveLength(1);
    expect(view.takeUndelivered()).toEqual([]);
  });

  it("of a retry does not disturb the attempt that has started meanwhile", () => {
    const view = new JournalView();
    view.mark(WORK, { status: "backingOff", attempt: 2 });
    view.learn(due);
    expect(view.step(WORK)).toEqual({ status: "due", attempt: 2 });
    view.mark(WORK, { status: "running", attempt: 2 });
    view.learn(due);

    expect(view.step(WORK)).toEqual({ status: "running", attempt: 2 });
  });
});

describe("news of the engine's own mind", () => {
  it("that a step has failed for good is delivered, though the run thought it would be retried", () => {
    const view = new JournalView();
    view.mark(WORK, { status: "backingOff", attempt: 2 });
    const failure = { name: "Error", message: "no" };
    const delivery = view.learn(entry({ case: "stepFailed", value: { key: WORK, attempt: 1, failure } }));

    expect(delivery).toMatchObject({ key: WORK, outcome: { kind: "threw", failure }, operations: [] });
  });
});

describe("a journal that cannot be", () => {
  it("is refused: an entry without its step, a wait with an event that nobody sent", () => {
    const view = new JournalView();

    expect(() => view.apply(entry({ case: "sleepStarted", value: {} }))).toThrow("names no step");
    expect(() => view.apply(received)).toThrow("no event 1");
  });
});
