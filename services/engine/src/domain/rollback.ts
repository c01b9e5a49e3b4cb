import { completeStep, emitStart, failStep } from "./apply-step.ts";
import type { Draft } from "./draft.ts";
import type { RollbackCause } from "./entry.ts";
import { EngineError } from "./errors.ts";
import { boundedFailure, TERMINATED, type Failure } from "./failure.ts";
import type { RunLimits } from "./move.ts";
import type { Operation } from "./operation.ts";
import type { InstanceState } from "./state.ts";
import { mismatch, requireAttempt } from "./step-checks.ts";
import { keyText, type StepKey } from "./step.ts";

/** Begins to undo the steps that can be undone, the one that started last first. */
export function startRollback(draft: Draft, cause: RollbackCause, failure: Failure): void {
  draft.emit({ kind: "rollbackStarted", cause, failure, steps: stepsToUndo(draft.state) });
}

/** A caller ends the instance in the middle of its rollback. */
export function cutRollback(draft: Draft): void {
  draft.emit({ kind: "rollbackFailed", failure: TERMINATED });
  draft.emit({ kind: "instanceTerminated" });
}

/**
 * Adds what is reported of a rollback: one step is undone after the other, and with the last, or the first that
 * cannot be undone, the instance ends.
 */
export function applyRollback(draft: Draft, operation: Operation, limits: RunLimits): void {
  switch (operation.kind) {
    case "startStep": {
      const { key, attempt, alreadyRunning } = operation;
      const step = draft.state.open.get(keyText(key));
      if (step === undefined) requireNext(draft, key);
      else if (step.status !== "due") throw mismatch(key, `is ${step.status} and cannot start`);
      requireAttempt(key, attempt, step?.attempt ?? 1, alreadyRunning ? draft.state.lostAttempts : 0);
      return emitStart(draft, operation);
    }
    case "completeStep":
      completeStep(draft, operation, limits);
      if (draft.state.rollback?.pending.length === 0) endRollback(draft, { kind: "rollbackCompleted" });
      return;
    case "failStep":
      if (failStep(draft, operation)) {
        endRollback(draft, { kind: "rollbackFailed", failure: boundedFailure(operation.failure) });
      }
      return;
    case "startSleep":
    case "startWait":
    case "cancelWait":
    case "deliverOutcome":
    case "completeInstance":
    case "failInstance":
      throw new EngineError("JOURNAL_MISMATCH", "the instance is rolling back: only its steps are undone now");
  }
}

function stepsToUndo({ undoable }: InstanceState): readonly StepKey[] {
  const steps: StepKey[] = [];
  for (let each = undoable; each !== null; each = each.before) steps.push({ ...each.key, kind: "rollback" });
  return steps;
}

function requireNext(draft: Draft, key: StepKey): void {
  const next = draft.state.rollback?.pending[0];
  if (next === undefined || keyText(next) !== keyText(key)) throw mismatch(key, "is not the next one to undo");
}

type End = { readonly kind: "rollbackCompleted" } | { readonly kind: "rollbackFailed"; readonly failure: Failure };

function endRollback(draft: Draft, end: End): void {
  const { rollback } = draft.state;
  draft.emit(end);
  if (rollback?.cause === "failed") draft.emit({ kind: "instanceFailed", failure: rollback.failure });
  else draft.emit({ kind: "instanceTerminated" });
}
