import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { InstanceSchema } from "perdure/proto/perdure/v1/instance_pb";
import { type JournalEntrySchema, JournalRecordSchema, LeaseLostReason } from "perdure/proto/perdure/v1/journal_pb";
import { Backoff, StepKind } from "perdure/proto/perdure/v1/step_pb";
import { describe, expect, it } from "vitest";
import { RunHistory, type Wants } from "../../../../sdk/typescript/src/client/subscription/run-history.ts";
import { CorruptPayloadError } from "../../../../sdk/typescript/src/values/errors.ts";
import { encodeValue } from "../../../../sdk/typescript/src/values/encode.ts";

type Entry = NonNullable<MessageInitShape<typeof JournalEntrySchema>["entry"]>;

const CREATED_AT = 1_000;
const key = (name: string, kind: StepKind = StepKind.DO, count = 1) => ({ kind, name, count });
const at = (ms: number) => timestampFromMs(ms);

const GRANTED: Entry = { case: "leaseGranted", value: { epoch: 1, session: "s" } };
const PARKED: Entry = { case: "parked", value: {} };
const PAUSE_REQUESTED: Entry = { case: "pauseRequested", value: {} };
const PAUSED: Entry = { case: "paused", value: {} };
const RESUMED: Entry = { case: "resumed", value: {} };
const started = (name: string, attempt = 1): Entry => ({
  case: "stepStarted",
  value: { key: key(name), attempt, startTime: at(1_900), ...(attempt === 1 && { config: {} }) },
});
const failed = (name: string, attempt: number, retryTime?: number): Entry => ({
  case: "stepFailed",
  value: {
    key: key(name),
    attempt,
    failure: { name: "TypeError", message: "no" },
    ...(retryTime !== undefined && { retryTime: at(retryTime) }),
  },
});

function aHistory(wants: Wants = () => true, params?: unknown): RunHistory {
  const instance = create(InstanceSchema, {
    ref: { workflow: "w", instanceId: "i" },
    run: 1,
    createTime: at(CREATED_AT),
    params: encodeValue(params),
  });
  return new RunHistory(instance, wants);
}

/** Records that are committed at 2000, 3000 … */
function records(...each: readonly (readonly Entry[])[]) {
  return each.map((entries, index) =>
    create(JournalRecordSchema, {
      position: index + 1,
      commitTime: at(2_000 + index * 1_000),
      entries: entries.map((entry) => ({ entry })),
    }),
  );
}

/** What the records tell after the first two events, numbers and names of the instance left out. */
function told(...each: readonly (readonly Entry[])[]): readonly object[] {
  const history = aHistory();
  history.begin();
  return records(...each)
    .flatMap((record) => history.take(record))
    .map(({ instanceId: _instance, eventId: _number, ...rest }) => rest);
}

/** The same, as texts. */
function types(...each: readonly (readonly Entry[])[]): readonly string[] {
  return told(...each).map((event) => {
    const { type, stepName, attempt } = event as { type: string; stepName?: string; attempt?: number };
    return [type, stepName, attempt].filter((part) => part !== undefined).join(" ");
  });
}

describe("the history of a run", () => {
  it("begins with what the creation tells, the params as they were", () => {
    const params = { since: new Date(5), all: new Map([[1, "x"]]) };
    expect(aHistory(undefined, params).begin()).toEqual([
      { instanceId: "i", eventId: 1, timestamp: CREATED_AT, type: "workflow_queued" },
      { instanceId: "i", eventId: 2, timestamp: CREATED_AT, type: "workflow_started", params },
    ]);
  });

  it("counts its events over all records", () => {
    const history = aHistory();
    const events = [
      history.begin(),
      ...records([GRANTED, started("a")], [PAUSE_REQUESTED]).map((r) => history.take(r)),
    ];
    expect(events.flat().map(({ eventId }) => eventId)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("counts what is not wanted, and does not even read its values", () => {
    const damaged = { content: { case: "cbor", value: new Uint8Array([0xff]) } } as const;
    const completed: Entry = { case: "stepCompleted", value: { key: key("a"), attempt: 1, output: damaged } };
    const [record] = records([GRANTED, started("a"), completed, PAUSE_REQUESTED]);
    const history = aHistory((eventId, type) => eventId > 3 && type !== "step_completed");
    expect(history.begin()).toEqual([]);
    expect(history.take(record!).map(({ eventId, type }) => [eventId, type])).toEqual([
      [4, "step_started"],
      [5, "attempt_started"],
      [6, "attempt_completed"],
      [8, "workflow_waiting_for_pause"],
    ]);
    expect(() => aHistory().take(record!)).toThrow(CorruptPayloadError);
  });

  it("has ended after the last event, wanted or not", () => {
    const ends: Entry[] = [
      { case: "instanceCompleted", value: {} },
      { case: "instanceFailed", value: { failure: { name: "Error", message: "m" } } },
      { case: "instanceTerminated", value: {} },
    ];
    for (const end of ends) {
      const history = aHistory(() => false);
      const [first, last] = records([GRANTED], [end]);
      history.take(first!);
      expect(history.ended).toBe(false);
      history.take(last!);
      expect(history.ended).toBe(true);
    }
  });
});

describe("what an entry of the journal tells", () => {
  it("a lease: it is running", () => {
    expect(told([GRANTED])).toEqual([{ type: "workflow_running", timestamp: 2_000 }]);
  });

  it.each<[string, Entry]>([
    ["a step", started("a")],
    ["a sleep", { case: "sleepStarted", value: { key: key("s", StepKind.SLEEP), dueTime: at(2_000) } }],
    ["a wait", { case: "waitStarted", value: { key: key("w", StepKind.WAIT), eventType: "t" } }],
    ["a pause", PAUSE_REQUESTED],
    ["the end", { case: "instanceCompleted", value: {} }],
    ["the failure", { case: "instanceFailed", value: { failure: { name: "Error", message: "" } } }],
  ])("%s without a lease before: it was handed to a worker when it was created", (_, entry) => {
    expect(told([entry])[0]).toEqual({ type: "workflow_running", timestamp: CREATED_AT });
  });

  it("the start of a step: the step with its config, and its attempt", () => {
    const config = {
      retryLimit: 3,
      retryDelay: durationFromMs(50),
      backoff: Backoff.LINEAR,
      timeout: durationFromMs(1_000),
    };
    const start: Entry = { case: "stepStarted", value: { key: key("a"), attempt: 1, startTime: at(1_900), config } };
    expect(told([GRANTED], [start]).slice(1)).toEqual([
      {
        type: "step_started",
        timestamp: 1_900,
        stepName: "a-1",
        config: { retries: { limit: 3, delay: 50, backoff: "linear" }, timeout: 1_000 },
      },
      { type: "attempt_started", timestamp: 1_900, stepName: "a-1", attempt: 1 },
    ]);
  });

  it("a config that leaves things out: the defaults, and a delay that a function computes", () => {
    const start: Entry = {
      case: "stepStarted",
      value: { key: key("a"), attempt: 1, config: { dynamicDelay: true, sensitive: false, rollback: false } },
    };
    expect(told([GRANTED, start])[1]).toMatchObject({
      config: { retries: { limit: 5, delay: "[dynamic]", backoff: "exponential" }, timeout: 600_000 },
    });
  });

  it("the result of a step: the attempt's, then the step's with the value itself", () => {
    const output = encodeValue(new Date(7));
    const completed: Entry = { case: "stepCompleted", value: { key: key("a"), attempt: 1, output } };
    expect(told([GRANTED, started("a")], [completed]).slice(3)).toEqual([
      { type: "attempt_completed", timestamp: 3_000, stepName: "a-1", attempt: 1 },
      { type: "step_completed", timestamp: 3_000, stepName: "a-1", output: new Date(7) },
    ]);
  });

  it("a failure that is retried: the attempt's, with the delay; the step starts no second time", () => {
    const retryDue: Entry = { case: "retryDue", value: { key: key("a"), attempt: 2 } };
    expect(told([GRANTED, started("a")], [failed("a", 1, 3_250)], [retryDue], [started("a", 2)]).slice(3)).toEqual([
      {
        type: "attempt_errored",
        timestamp: 3_000,
        stepName: "a-1",
        attempt: 1,
        error: { name: "TypeError", message: "no" },
        retryDelayMs: 250,
      },
      { type: "attempt_started", timestamp: 1_900, stepName: "a-1", attempt: 2 },
    ]);
  });

  it("the last failure: the attempt's without a delay, then the step's", () => {
    expect(told([GRANTED, started("a")], [failed("a", 1)]).slice(3)).toEqual([
      {
        type: "attempt_errored",
        timestamp: 3_000,
        stepName: "a-1",
        attempt: 1,
        error: { name: "TypeError", message: "no" },
      },
      { type: "step_errored", timestamp: 3_000, stepName: "a-1" },
    ]);
  });

  it("a sleep: its length, and its end", () => {
    const sleep = { key: key("s", StepKind.SLEEP, 2) };
    const begin: Entry = { case: "sleepStarted", value: { ...sleep, dueTime: at(2_500) } };
    const delivered: Entry = { case: "outcomeDelivered", value: sleep };
    expect(told([GRANTED, begin], [{ case: "sleepCompleted", value: sleep }], [delivered]).slice(1)).toEqual([
      { type: "sleep_started", timestamp: 2_000, stepName: "s-2", durationMs: 500 },
      { type: "sleep_completed", timestamp: 3_000, stepName: "s-2" },
    ]);
  });

  it("a wait: its type of event, and its event or that none came", () => {
    const wait = { key: key("w", StepKind.WAIT) };
    const begin: Entry = { case: "waitStarted", value: { ...wait, eventType: "go", timeoutMs: 5 } };
    const accepted: Entry = { case: "eventAccepted", value: { event: 1, type: "go" } };
    const completed: Entry = { case: "waitCompleted", value: { ...wait, event: 1 } };
    expect(told([GRANTED, begin], [accepted, completed]).slice(1)).toEqual([
      { type: "wait_started", timestamp: 2_000, stepName: "w-1", eventType: "go" },
      { type: "wait_completed", timestamp: 3_000, stepName: "w-1" },
    ]);
    expect(told([GRANTED, begin], [{ case: "waitTimedOut", value: wait }]).at(-1)).toEqual({
      type: "wait_timed_out",
      timestamp: 3_000,
      stepName: "w-1",
    });
  });

  it("a wait for several types: all of them, and that it was cancelled after its event had come", () => {
    const wait = { key: key("w", StepKind.WAIT) };
    const types = { eventType: "go", otherEventTypes: ["stop"] };
    const accepted: Entry = { case: "eventAccepted", value: { event: 1, type: "stop" } };
    const story = told(
      [GRANTED, { case: "waitStarted", value: { ...wait, ...types, timeoutMs: 5 } }],
      [accepted, { case: "waitCompleted", value: { ...wait, event: 1 } }],
      [{ case: "waitCancelled", value: wait }],
    );
    expect(story.slice(1)).toEqual([
      { type: "wait_started", timestamp: 2_000, stepName: "w-1", ...types },
      { type: "wait_completed", timestamp: 3_000, stepName: "w-1" },
      { type: "wait_cancelled", timestamp: 4_000, stepName: "w-1" },
    ]);
  });

  it("a park: it waits, until the next lease", () => {
    expect(types([GRANTED, PARKED], [GRANTED])).toEqual(["workflow_running", "workflow_waiting", "workflow_running"]);
  });

  it("a pause with work in flight: that it is asked for, and later that it took effect", () => {
    expect(types([GRANTED, PAUSE_REQUESTED], [PAUSED], [RESUMED], [GRANTED])).toEqual([
      "workflow_running",
      "workflow_waiting_for_pause",
      "workflow_paused",
      "workflow_running",
    ]);
  });

  it("a pause at once: both", () => {
    expect(types([PAUSED])).toEqual(["workflow_waiting_for_pause", "workflow_paused"]);
    expect(types([GRANTED, PARKED], [PAUSED]).slice(2)).toEqual(["workflow_waiting_for_pause", "workflow_paused"]);
  });

  it("a pause taken back: it is running", () => {
    expect(types([GRANTED], [PAUSE_REQUESTED], [RESUMED]).slice(1)).toEqual([
      "workflow_waiting_for_pause",
      "workflow_running",
    ]);
  });

  it("the end: the output itself, the error, or only the end", () => {
    const output = encodeValue({ at: new Date(9), none: undefined });
    const failure = { name: "RangeError", message: "end", stack: "somewhere" };
    expect(told([GRANTED], [{ case: "instanceCompleted", value: { output } }]).at(-1)).toEqual({
      type: "workflow_completed",
      timestamp: 3_000,
      output: { at: new Date(9), none: undefined },
    });
    expect(told([GRANTED], [{ case: "instanceFailed", value: { failure } }]).at(-1)).toEqual({
      type: "workflow_errored",
      timestamp: 3_000,
      error: { name: "RangeError", message: "end" },
    });
    expect(told([GRANTED], [{ case: "instanceTerminated", value: {} }]).at(-1)).toEqual({
      type: "workflow_terminated",
      timestamp: 3_000,
    });
  });

  it("a termination before anybody had it: only that", () => {
    expect(types([{ case: "instanceTerminated", value: {} }])).toEqual(["workflow_terminated"]);
  });

  it("a restart, a purge, and what an engine of tomorrow writes: nothing", () => {
    expect(types([{ case: "instanceRestarted", value: {} }])).toEqual([]);
    expect(types([{ case: "instancePurged", value: {} }])).toEqual([]);
    expect(types([{ case: undefined }])).toEqual([]);
  });
});

describe("a worker that is lost", () => {
  const lost = (reason: LeaseLostReason): Entry => ({ case: "leaseLost", value: { epoch: 1, reason } });
  const due = (attempt: number): Entry => ({ case: "retryDue", value: { key: key("a"), attempt } });

  it("ends its attempts, and the next lease is no news", () => {
    const expired = [lost(LeaseLostReason.EXPIRED), failed("a", 1, 3_000), due(2)];
    expect(types([GRANTED, started("a")], expired, [GRANTED], [started("a", 2)])).toEqual([
      "workflow_running",
      "step_started a-1",
      "attempt_started a-1 1",
      "attempt_errored a-1 1",
      "attempt_started a-1 2",
    ]);
  });

  it("that reported nothing shows in the count of attempts", () => {
    const begin: Entry = {
      case: "stepStarted",
      value: { key: key("a"), attempt: 3, startTime: at(1_900), config: {} },
    };
    const attempts = told([GRANTED], [lost(LeaseLostReason.EXPIRED)], [GRANTED, begin]);
    const error = { name: "WorkflowInternalError", message: "Attempt failed due to internal workflows error" };
    const common = { timestamp: 1_900, stepName: "a-1" };
    expect(attempts.slice(2)).toEqual([
      { ...common, type: "attempt_started", attempt: 1 },
      { ...common, type: "attempt_errored", attempt: 1, error, retryDelayMs: 0 },
      { ...common, type: "attempt_started", attempt: 2 },
      { ...common, type: "attempt_errored", attempt: 2, error, retryDelayMs: 0 },
      { ...common, type: "attempt_started", attempt: 3 },
    ]);
  });

  it("and gave its work back goes on with the same attempt elsewhere", () => {
    const released = [lost(LeaseLostReason.RELEASED), due(1)];
    const again: Entry = { case: "stepStarted", value: { key: key("a"), attempt: 1, startTime: at(3_500) } };
    expect(types([GRANTED, started("a")], released, [GRANTED, again])).toEqual([
      "workflow_running",
      "step_started a-1",
      "attempt_started a-1 1",
    ]);
  });

  it("while a pause is pending lets it take effect", () => {
    expect(types([GRANTED], [PAUSE_REQUESTED], [lost(LeaseLostReason.EXPIRED), PAUSED]).slice(1)).toEqual([
      "workflow_waiting_for_pause",
      "workflow_paused",
    ]);
  });

  it("before it received anything tells nothing", () => {
    expect(types([lost(LeaseLostReason.UNDELIVERED)], [GRANTED])).toEqual(["workflow_running"]);
  });
});

describe("a rollback", () => {
  const undo = { kind: StepKind.ROLLBACK, name: "a", count: 1 };
  const rollbackStarted: Entry = { case: "rollbackStarted", value: { steps: [undo] } };
  const undoStarted = (attempt: number): Entry => ({
    case: "stepStarted",
    value: { key: undo, attempt, startTime: at(1_950), ...(attempt === 1 && { config: { retryLimit: 1 } }) },
  });
  const failure = { name: "Gone", message: "it is gone" };
  const undoFailed = (attempt: number, retryTime?: number): Entry => ({
    case: "stepFailed",
    value: { key: undo, attempt, failure, ...(retryTime !== undefined && { retryTime: at(retryTime) }) },
  });
  const undoDue: Entry = { case: "retryDue", value: { key: undo, attempt: 2 } };
  const error = { name: "Gone", message: "it is gone" };

  it("tells what is undone like steps, then how it went, then the end", () => {
    const events = told(
      [GRANTED, started("a"), rollbackStarted],
      [undoStarted(1)],
      [undoFailed(1, 4_500), PARKED],
      [undoDue],
      [GRANTED, undoStarted(2)],
      [
        { case: "stepCompleted", value: { key: undo, attempt: 2 } },
        { case: "rollbackCompleted", value: {} },
        { case: "instanceFailed", value: { failure: { name: "Error", message: "m" } } },
      ],
    );
    const config = { retries: { limit: 1, delay: 10_000, backoff: "exponential" }, timeout: 600_000 };
    expect(events.slice(3)).toEqual([
      { timestamp: 2_000, type: "rollback_started" },
      { timestamp: 1_950, type: "rollback_step_started", stepName: "a-1", config },
      { timestamp: 1_950, type: "rollback_attempt_started", stepName: "a-1", attempt: 1 },
      { timestamp: 4_000, type: "rollback_attempt_errored", stepName: "a-1", attempt: 1, error, retryDelayMs: 500 },
      { timestamp: 1_950, type: "rollback_attempt_started", stepName: "a-1", attempt: 2 },
      { timestamp: 7_000, type: "rollback_attempt_completed", stepName: "a-1", attempt: 2 },
      { timestamp: 7_000, type: "rollback_step_completed", stepName: "a-1" },
      { timestamp: 7_000, type: "rollback_completed" },
      { timestamp: 7_000, type: "workflow_errored", error: { name: "Error", message: "m" } },
    ]);
  });

  it("that fails says which step could not be undone, and why", () => {
    const rollbackFailed: Entry = { case: "rollbackFailed", value: { failure } };
    const end = [undoFailed(1), rollbackFailed, { case: "instanceTerminated", value: {} } as const];
    expect(told([GRANTED, started("a"), PARKED], [rollbackStarted], [GRANTED, undoStarted(1)], end).slice(4)).toEqual([
      { timestamp: 3_000, type: "rollback_started" },
      { timestamp: 1_950, type: "rollback_step_started", stepName: "a-1", config: expect.any(Object) },
      { timestamp: 1_950, type: "rollback_attempt_started", stepName: "a-1", attempt: 1 },
      { timestamp: 5_000, type: "rollback_attempt_errored", stepName: "a-1", attempt: 1, error },
      { timestamp: 5_000, type: "rollback_step_errored", stepName: "a-1", error },
      { timestamp: 5_000, type: "rollback_errored" },
      { timestamp: 5_000, type: "workflow_terminated" },
    ]);
  });
});
