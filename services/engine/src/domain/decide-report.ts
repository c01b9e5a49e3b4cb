import { applyOperation } from "./apply-operation.ts";
import { Draft, type Decision } from "./draft.ts";
import { EngineError } from "./errors.ts";
import { isFinished } from "./lifecycle.ts";
import { COUNT_MAX } from "./limits.ts";
import type { Move } from "./move.ts";
import type { InstanceState } from "./state.ts";
import { dueAtOf, keyText, type StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

type ReportMove = Extract<Move, { kind: "report" }>;

/**
 * Takes the report of a lease's holder: whole, or not at all. The newest report sent again is answered
 * without being applied again.
 *
 * @throws {EngineError} LEASE_LOST when the lease has ended or passed on; JOURNAL_MISMATCH when the report
 *   does not fit what the journal knows; LIMIT_EXCEEDED; INVALID_FIELD.
 */
export function decideReport(state: InstanceState, move: ReportMove, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  if (isRepeated(state, move)) return { record: null, next: state, putOff: putOffBefore(state, move) };
  requireLease(state, move);
  requireNewest(state, move);
  draft.fireTimers();
  move.operations.forEach((operation, index) => {
    if (isFinished(draft.state.status)) {
      throw new EngineError("JOURNAL_MISMATCH", `operation ${index} follows the end of the instance`);
    }
    applyOperation(draft, operation, move.limits);
  });
  if (!isFinished(draft.state.status)) settle(draft, move.park);
  // In a rollback nothing of `run` is called any more: no start of it is still to come.
  if (draft.state.rollback !== null) draft.putOff.clear();
  return draft.finish(move.report);
}

function isRepeated(state: InstanceState, { uid, run, report }: ReportMove): boolean {
  const newest = state.report;
  return (
    state.birth.uid === uid &&
    state.run === run &&
    newest !== null &&
    newest.epoch === report.epoch &&
    newest.sequence === report.sequence
  );
}

/** Which starts the repeated report's pause put off: a worker that did not hear of it would call their callbacks. */
function putOffBefore(state: InstanceState, { operations }: ReportMove): readonly StepKey[] {
  if (isFinished(state.status) || state.rollback !== null) return [];
  return operations.flatMap((operation) => {
    if (operation.kind !== "startStep") return [];
    const { key, attempt } = operation;
    const step = state.open.get(keyText(key));
    const pending =
      step === undefined ? !state.finished.has(keyText(key)) : step.status === "due" && step.attempt === attempt;
    return pending ? [key] : [];
  });
}

function requireLease(state: InstanceState, { session, uid, run, report }: ReportMove): void {
  const { lease } = state;
  const held = lease !== null && lease.epoch === report.epoch && lease.session === session;
  if (held && state.run === run && state.birth.uid === uid) return;
  throw new EngineError("LEASE_LOST", "the lease of this task has ended or passed on", {
    epoch: String(report.epoch),
    status: state.status,
  });
}

function requireNewest(state: InstanceState, { report }: ReportMove): void {
  const { sequence } = report;
  if (!Number.isInteger(sequence) || sequence < 1 || sequence > COUNT_MAX) {
    throw new EngineError("INVALID_FIELD", `the commits under a lease are counted from 1, not ${sequence}`);
  }
  if (state.report === null || sequence > state.report.sequence) return;
  throw new EngineError("JOURNAL_MISMATCH", `commit ${sequence} comes after commit ${state.report.sequence}`);
}

/**
 * Releases the lease when nothing is left to do under it: a pause that can take effect, or a park. A park is
 * put off by news, and by the lack of anything that would ever wake the instance: then its worker keeps it.
 */
function settle(draft: Draft, park: boolean): void {
  const steps = [...draft.state.open.values()];
  const inFlight = steps.some((step) => step.status === "running");
  if (draft.state.status === "waitingForPause") {
    if (!inFlight) draft.emit({ kind: "paused" });
    return;
  }
  if (!park) return;
  if (inFlight) throw new EngineError("JOURNAL_MISMATCH", "cannot park while a step is running");
  const news = steps.some((step) => step.status === "undelivered" || step.status === "due");
  const wakes = steps.some((step) => dueAtOf(step) !== null);
  if (wakes && !news) draft.emit({ kind: "parked" });
}
