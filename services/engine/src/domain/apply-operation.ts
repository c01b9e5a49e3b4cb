import { completeStep, failStep, startStep } from "./apply-step.ts";
import { cancelWait, deliverOutcome, startSleep, startWait } from "./apply-wait.ts";
import type { Draft } from "./draft.ts";
import { boundedFailure, type Failure } from "./failure.ts";
import type { RunLimits } from "./move.ts";
import type { Operation } from "./operation.ts";
import { checkPayload } from "./payload.ts";
import { applyRollback, startRollback } from "./rollback.ts";

/** Adds one reported operation to the draft, or refuses it. */
export function applyOperation(draft: Draft, operation: Operation, limits: RunLimits): void {
  if (draft.state.rollback !== null) return applyRollback(draft, operation, limits);
  switch (operation.kind) {
    case "startStep":
      return startStep(draft, operation, limits.steps);
    case "completeStep":
      return completeStep(draft, operation, limits);
    case "failStep":
      failStep(draft, operation);
      return;
    case "startSleep":
      return startSleep(draft, operation);
    case "startWait":
      return startWait(draft, operation);
    case "cancelWait":
      return cancelWait(draft, operation.key);
    case "deliverOutcome":
      return deliverOutcome(draft, operation.key);
    case "completeInstance":
      checkPayload(operation.output, "the output of the instance");
      return draft.emit({ kind: "instanceCompleted", output: operation.output });
    case "failInstance":
      return failInstance(draft, boundedFailure(operation.failure));
  }
}

/** Where steps can be undone, they are, before the instance ends. */
function failInstance(draft: Draft, failure: Failure): void {
  if (draft.state.undoable === null) draft.emit({ kind: "instanceFailed", failure });
  else startRollback(draft, "failed", failure);
}
