import type { Draft } from "./draft.ts";
import { EngineError } from "./errors.ts";
import { boundedFailure } from "./failure.ts";
import type { RunLimits } from "./move.ts";
import type { OperationOf } from "./operation.ts";
import { checkPayload, storedBytes, type Payload } from "./payload.ts";
import { checkStepConfig, retryDelayMs } from "./retry.ts";
import { checkSpan } from "./span.ts";
import { mismatch, requireAttempt, requireNew, requireRunning } from "./step-checks.ts";
import { keyText } from "./step.ts";
import type { EpochMs } from "./time.ts";

const MIB = 1_048_576;

/** @param stepLimit Steps that a run may have. */
export function startStep(draft: Draft, operation: OperationOf<"startStep">, stepLimit: number): void {
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
  emitStart(draft, operation);
}

/** Notes the start of an attempt that was found right. */
export function emitStart(draft: Draft, { key, attempt, config, runningForMs }: OperationOf<"startStep">): void {
  const first = !draft.state.open.has(keyText(key));
  const checked = first ? checkStepConfig(config, `step "${key.name}"`) : null;
  draft.emit({ kind: "stepStarted", key, attempt, config: checked, startedAt: startedAtOf(draft, runningForMs) });
}

export function completeStep(draft: Draft, operation: OperationOf<"completeStep">, limits: RunLimits): void {
  const { key, attempt, output } = operation;
  const { sensitive } = requireRunning(draft, key, attempt).config;
  if (output.form !== "stream") checkPayload(output, `the output of step "${key.name}"`);
  requireRoom(draft, output, limits.bytes);
  draft.emit({ kind: "stepCompleted", key, attempt, output, sensitive });
}

/** Fails an attempt. Returns whether the step has failed with it for good. */
export function failStep(draft: Draft, operation: OperationOf<"failStep">): boolean {
  const { key, attempt, failure, final, retryDelayMs: dynamicMs } = operation;
  const { config } = requireRunning(draft, key, attempt);
  const retried = !final && attempt <= config.retryLimit;
  const baseMs =
    dynamicMs === null ? config.retryDelayMs : checkSpan(dynamicMs, `the retry delay of step "${key.name}"`);
  const retryAt = retried ? draft.now + retryDelayMs(baseMs, config.backoff, attempt) : null;
  draft.emit({ kind: "stepFailed", key, attempt, failure: boundedFailure(failure), retryAt });
  draft.fireTimers();
  return !retried;
}

/** No step has been running for longer than its lease, whatever its worker's clock says. */
function startedAtOf({ now, state }: Draft, runningForMs: number): EpochMs {
  const ms = Math.min(runningForMs, now - (state.lease?.grantedAt ?? now));
  return ms > 0 ? now - Math.floor(ms) : now;
}

function requireRoom(draft: Draft, output: Payload, bytesMax: number): void {
  const bytes = draft.state.storedBytes + storedBytes(output);
  if (bytes > bytesMax) throw storageLimitExceeded(bytes, bytesMax);
}

export function storageLimitExceeded(bytes: number, bytesMax: number): EngineError {
  return new EngineError("LIMIT_EXCEEDED", `The instance has exceeded the ${sizeText(bytesMax)} storage limit`, {
    limitBytes: String(bytesMax),
    actualBytes: String(bytes),
  });
}

/** As the programming model writes its default: "1GiB". */
function sizeText(bytes: number): string {
  if (bytes % (1024 * MIB) === 0) return `${bytes / (1024 * MIB)}GiB`;
  return bytes % MIB === 0 ? `${bytes / MIB}MiB` : `${bytes} byte`;
}
