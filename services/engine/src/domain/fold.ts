import type { Entry, EntryOf, JournalRecord } from "./entry.ts";
import { EngineError, isRefusal } from "./errors.ts";
import { KeySet } from "./key-set.ts";
import { afterCommand, afterFact, type Status } from "./lifecycle.ts";
import { storedBytes } from "./payload.ts";
import { initialState, type MutableState } from "./state.ts";
import { keyText, type BufferedEvent, type OpenStep, type StepConfig, type StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

/**
 * Applies a record to a state that stands right before it. Returns the state to go on from: the same
 * object, or the next run's after a restart.
 *
 * @throws {EngineError} CORRUPT_DOCUMENT when the record cannot follow.
 */
export function foldRecord(state: MutableState, record: JournalRecord): MutableState {
  if (record.position !== state.position + 1) {
    throw new EngineError("CORRUPT_DOCUMENT", `record ${record.position} cannot follow position ${state.position}`);
  }
  state.position = record.position;
  let next = state;
  try {
    for (const entry of record.entries) next = foldEntry(next, entry, record.committedAt);
  } catch (error) {
    if (!isRefusal(error, "INVALID_TRANSITION")) throw error;
    // Nobody asked for a move here: the journal itself is wrong.
    const what = `record ${record.position} cannot follow a state that is ${state.status}`;
    throw new EngineError("CORRUPT_DOCUMENT", what, {}, { cause: error });
  }
  foldReport(next, record.report);
  return next;
}

/** Notes whose report a record is. A report shows that the lease's holder was heard of. */
export function foldReport(state: MutableState, report: JournalRecord["report"]): void {
  if (report === null) return;
  state.report = report;
  state.lostAttempts = 0;
}

/** Applies one entry. Rules are decide's; a fold believes what was decided. */
export function foldEntry(state: MutableState, entry: Entry, at: EpochMs): MutableState {
  switch (entry.kind) {
    case "leaseGranted":
      state.status = afterFact(state.status, "start");
      state.lease = { session: entry.session, epoch: entry.epoch, grantedAt: at };
      state.epoch = entry.epoch;
      state.report = null;
      state.retained = null;
      return state;
    case "leaseLost":
      if (entry.reason === "expired" && state.report === null) state.lostAttempts += 1;
      become(state, afterFact(state.status, "lose"), at);
      state.lease = null;
      // What it reported last is not to be repeated: the steps it started are on their way to another.
      state.report = null;
      return state;
    case "parked":
      become(state, afterFact(state.status, "park"), at);
      release(state);
      return state;
    case "stepStarted":
      return startStep(state, entry.key, entry.attempt, entry.config);
    case "stepCompleted":
      state.storedBytes += storedBytes(entry.output);
      return endStep(state, entry.key);
    case "stepFailed":
      if (entry.retryAt === null) return endStep(state, entry.key);
      return setStep(state, entry.key, {
        status: "backingOff",
        key: entry.key,
        attempt: entry.attempt + 1,
        config: configOf(state, entry.key),
        dueAt: entry.retryAt,
      });
    case "retryDue":
      setStep(state, entry.key, {
        status: "due",
        key: entry.key,
        attempt: entry.attempt,
        config: configOf(state, entry.key),
      });
      return wake(state, at);
    case "sleepStarted":
      return setStep(state, entry.key, { status: "sleeping", key: entry.key, dueAt: entry.dueAt });
    case "sleepCompleted":
    case "waitTimedOut":
      setStep(state, entry.key, { status: "undelivered", key: entry.key, event: null });
      return wake(state, at);
    case "waitStarted": {
      const { key, dueAt, eventType, otherEventTypes, timeoutMs } = entry;
      return setStep(state, key, {
        status: "awaiting",
        key,
        dueAt,
        eventTypes: [eventType, ...otherEventTypes],
        timeoutMs,
      });
    }
    case "waitCompleted":
      setStep(state, entry.key, { status: "undelivered", key: entry.key, event: takeEvent(state, entry.event) });
      return wake(state, at);
    case "waitCancelled":
      giveBackEvent(state, entry.key);
      return endStep(state, entry.key);
    case "eventAccepted":
      state.storedBytes += storedBytes(entry.payload);
      state.eventCount = entry.event;
      state.buffered.push({ event: entry.event, type: entry.type });
      if (entry.requestId !== null) state.requestIds.add(entry.requestId);
      return state;
    case "outcomeDelivered":
      return endStep(state, entry.key);
    case "pauseRequested":
      state.status = afterCommand(state.status, "pause");
      return state;
    case "paused":
      state.status =
        state.status === "waitingForPause"
          ? afterFact(state.status, "settlePause")
          : afterCommand(state.status, "pause");
      state.pausedAt = at;
      release(state);
      return state;
    case "resumed":
      thaw(state, at);
      become(state, afterCommand(state.status, "resume"), at);
      return state;
    case "instanceCompleted":
      return finish(state, afterFact(state.status, "complete"), at);
    case "instanceFailed":
      return finish(state, afterFact(state.status, "fail"), at);
    case "instanceTerminated":
      return finish(state, afterCommand(state.status, "terminate"), at);
    case "rollbackStarted":
      return rollBack(state, entry, at);
    case "rollbackCompleted":
    case "rollbackFailed":
      state.rollback = null;
      return state;
    case "restartRequested":
      state.status = afterCommand(state.status, "restart");
      clear(state);
      state.endedAt = null;
      state.readySince = at;
      state.restartingAt = entry.key;
      return state;
    case "restartedFrom":
      return state;
    case "instanceRestarted":
      return initialState(state.birth, state.run + 1, at);
    case "instancePurged":
      clear(state);
      state.endedAt = at;
      state.purged = true;
      return state;
  }
}

function become(state: MutableState, status: Status, at: EpochMs): void {
  if (status === "queued" && state.status !== "queued") state.readySince = at;
  state.status = status;
}

function wake(state: MutableState, at: EpochMs): MutableState {
  become(state, afterFact(state.status, "wake"), at);
  return state;
}

function release(state: MutableState): void {
  if (state.lease !== null) state.retained = { session: state.lease.session, position: state.position };
  state.lease = null;
}

function setStep(state: MutableState, key: StepKey, step: OpenStep): MutableState {
  state.open.set(keyText(key), step);
  return state;
}

function startStep(state: MutableState, key: StepKey, attempt: number, config: StepConfig | null): MutableState {
  if (key.kind === "do" && !state.open.has(keyText(key))) {
    state.stepCount += 1;
    if (config?.rollback === true) state.undoable = { key, before: state.undoable };
  }
  return setStep(state, key, { status: "running", key, attempt, config: config ?? configOf(state, key) });
}

function endStep(state: MutableState, key: StepKey): MutableState {
  const text = keyText(key);
  state.open.delete(text);
  state.finished.add(text);
  if (key.kind === "rollback" && state.rollback !== null) {
    const pending = state.rollback.pending.filter((each) => keyText(each) !== text);
    state.rollback = { ...state.rollback, pending };
  }
  return state;
}

function takeEvent(state: MutableState, event: number): BufferedEvent {
  const taken = state.buffered.find((buffered) => buffered.event === event);
  if (taken === undefined) throw new EngineError("CORRUPT_DOCUMENT", `no event ${event} is kept`);
  state.buffered = state.buffered.filter((buffered) => buffered !== taken);
  return taken;
}

/** To its place in line. */
function giveBackEvent(state: MutableState, key: StepKey): void {
  const step = state.open.get(keyText(key));
  if (step?.status !== "undelivered" || step.event === null) return;
  state.buffered = [...state.buffered, step.event].toSorted((a, b) => a.event - b.event);
}

/** What `run` was about is over: its steps, timers, events. The lease goes on if its holder is the one that failed. */
function rollBack(state: MutableState, entry: EntryOf<"rollbackStarted">, at: EpochMs): MutableState {
  const { cause, failure, steps } = entry;
  const { status, lease, report, lostAttempts } = state;
  clear(state);
  state.rollback = { cause, failure, pending: steps };
  if (cause === "terminated") {
    state.status = status;
    become(state, afterCommand(status, "rollBack"), at);
    return state;
  }
  state.status = afterFact(status, "rollBack");
  return Object.assign(state, { lease, report, lostAttempts });
}

function configOf(state: MutableState, key: StepKey): StepConfig {
  const step = state.open.get(keyText(key));
  if (step !== undefined && "config" in step) return step.config;
  throw new EngineError("CORRUPT_DOCUMENT", `no start of step ${keyText(key)} in the journal`);
}

/** Moves every timer by the time that clocks stood still. */
function thaw(state: MutableState, at: EpochMs): void {
  if (state.pausedAt === null) return;
  // Another replica's clock may be behind: a timer must not fire early for that.
  const shiftMs = Math.max(0, at - state.pausedAt);
  state.pausedAt = null;
  for (const [text, step] of state.open) {
    if ("dueAt" in step) state.open.set(text, { ...step, dueAt: step.dueAt + shiftMs });
  }
}

/** Keeps of a finished run only what is still asked for: nothing follows but restart or purge, and repetitions of what was accepted. */
function finish(state: MutableState, status: Status, at: EpochMs): MutableState {
  state.status = status;
  state.endedAt = at;
  clear(state);
  return state;
}

function clear(state: MutableState): void {
  state.lease = null;
  state.retained = null;
  state.pausedAt = null;
  state.undoable = null;
  state.rollback = null;
  state.open = new Map();
  state.buffered = [];
  state.finished = new KeySet();
}
