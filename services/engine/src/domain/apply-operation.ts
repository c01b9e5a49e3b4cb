import type { Draft } from "./draft.ts";
import { EngineError } from "./errors.ts";
import { boundedFailure } from "./failure.ts";
import { COUNT_MAX, TIMER_MS_MAX } from "./limits.ts";
import { isStepName } from "./name.ts";
import type { Operation, SleepEnd } from "./operation.ts";
import { checkPayload } from "./payload.ts";
import { checkStepConfig, retryDelayMs } from "./retry.ts";
import { checkSpan } from "./span.ts";
import { keyText, type OpenStep, type StepKey, type StepKind } from "./step.ts";
import type { EpochMs } from "./time.ts";

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

/** Adds one reported operation to the draft, or refuses it. */
export function applyOperation(draft: Draft, operation: Operation, stepLimit: number): void {
  switch (operation.kind) {
    case "startStep":
      return startStep(draft, operation, stepLimit);
    case "completeStep": {
      const { key, attempt, output } = operation;
      requireRunning(draft, key, attempt);
      checkPayload(output, `the output of step "${key.name}"`);
      return draft.emit({ kind: "stepCompleted", key, attempt, output });
    }
    case "failStep":
      return failStep(draft, operation);
    case "startSleep": {
      const { key } = operation;
      requireNew(draft, key, "sleep");
      draft.emit({ kind: "sleepStarted", key, dueAt: sleepDueAt(operation.end, draft.now) });
      return draft.fireTimers();
    }
    case "startWait":
      return startWait(draft, operation);
    case "deliverOutcome": {
      const { key } = operation;
      if (draft.state.open.get(keyText(key))?.status !== "undelivered")
        throw mismatch(key, "has no outcome to deliver");
      return draft.emit({ kind: "outcomeDelivered", key });
    }
    case "completeInstance":
      checkPayload(operation.output, "the output of the instance");
      return draft.emit({ kind: "instanceCompleted", output: operation.output });
    case "failInstance":
      return draft.emit({ kind: "instanceFailed", failure: boundedFailure(operation.failure) });
  }
}

function startStep(draft: Draft, operation: Of<"startStep">, stepLimit: number): void {
  const { key, attempt, alreadyRunning } = operation;
  const { state } = draft;
  const text = keyText(key);
  const step = state.open.get(text);
  if (draft.putOff.has(text)) throw mismatch(key, "starts twice");
  if (step === undefined) {
    requireNew(draft, key, "do");
    if (state.stepCount >= stepLimit) {
      throw new EngineError("LIMIT_EXCEEDED", `the limit of ${stepLimit} steps has been reached`, {
        limitSteps: String(stepLimit),
      });
    }
  } else if (step.status !== "due") {
    throw mismatch(key, `is ${step.status} and cannot start`);
  }
  requireAttempt(key, attempt, step?.attempt ?? 1, alreadyRunning ? state.lostAttempts : 0);
  if (state.status === "waitingForPause" && !alreadyRunning) {
    draft.putOff.set(text, key);
    return;
  }
  const config = step === undefined ? checkStepConfig(operation.config, `step "${key.name}"`) : null;
  draft.emit({ kind: "stepStarted", key, attempt, config, startedAt: startedAtOf(draft, operation.runningForMs) });
}

/** No step has been running for longer than its lease, whatever its worker's clock says. */
function startedAtOf({ now, state }: Draft, runningForMs: number): EpochMs {
  const ms = Math.min(runningForMs, now - (state.lease?.grantedAt ?? now));
  return ms > 0 ? now - Math.floor(ms) : now;
}

/** Attempts that were lost before anything was heard of them count too. */
function requireAttempt(key: StepKey, attempt: number, expected: number, lost: number): void {
  if (Number.isInteger(attempt) && attempt >= expected && attempt <= expected + lost) return;
  throw mismatch(key, `is at attempt ${expected}, not ${attempt}`);
}

function failStep(draft: Draft, { key, attempt, failure, final, retryDelayMs: dynamicMs }: Of<"failStep">): void {
  const { config } = requireRunning(draft, key, attempt);
  const retried = !final && attempt <= config.retryLimit;
  const baseMs =
    dynamicMs === null ? config.retryDelayMs : checkSpan(dynamicMs, `the retry delay of step "${key.name}"`);
  const retryAt = retried ? draft.now + retryDelayMs(baseMs, config.backoff, attempt) : null;
  draft.emit({ kind: "stepFailed", key, attempt, failure: boundedFailure(failure), retryAt });
  draft.fireTimers();
}

function startWait(draft: Draft, { key, eventType, timeoutMs }: Of<"startWait">): void {
  requireNew(draft, key, "wait");
  const dueAt = draft.now + checkSpan(timeoutMs, `the timeout of wait "${key.name}"`);
  draft.emit({ kind: "waitStarted", key, eventType, dueAt, timeoutMs });
  const event = draft.state.buffered.find((buffered) => buffered.type === eventType);
  if (event !== undefined) return draft.emit({ kind: "waitCompleted", key, event: event.event });
  draft.fireTimers();
}

/** @throws {EngineError} INVALID_FIELD above 365 days. */
function sleepDueAt(end: SleepEnd, now: EpochMs): EpochMs {
  const dueAt = "at" in end ? end.at : now + end.afterMs;
  if (dueAt - now <= TIMER_MS_MAX) return Math.ceil(Math.max(dueAt, now));
  throw new EngineError("INVALID_FIELD", "a sleep takes at most 365 days", { limitMs: String(TIMER_MS_MAX) });
}

function requireRunning(draft: Draft, key: StepKey, attempt: number): Extract<OpenStep, { status: "running" }> {
  const step = draft.state.open.get(keyText(key));
  if (step?.status !== "running") throw mismatch(key, `is ${step?.status ?? "not started"}, not running`);
  if (step.attempt !== attempt) throw mismatch(key, `is at attempt ${step.attempt}, not ${attempt}`);
  return step;
}

function requireNew(draft: Draft, key: StepKey, kind: StepKind): void {
  if (key.kind !== kind)
    throw new EngineError("INVALID_FIELD", `step "${key.name}" is of the kind ${key.kind}, not ${kind}`);
  if (!isStepName(key.name))
    throw new EngineError("INVALID_FIELD", "a step's name has at most 256 characters and no control characters");
  if (!Number.isInteger(key.count) || key.count < 1 || key.count > COUNT_MAX)
    throw new EngineError("INVALID_FIELD", `step "${key.name}" counts its uses from 1, not ${key.count}`);
  const text = keyText(key);
  if (draft.state.open.has(text) || draft.state.finished.has(text)) throw mismatch(key, "has started already");
}

function mismatch(key: StepKey, why: string): EngineError {
  return new EngineError("JOURNAL_MISMATCH", `step "${key.name}" (${key.kind}, use ${key.count}) ${why}`);
}
