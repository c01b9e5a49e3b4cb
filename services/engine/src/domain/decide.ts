import { decidePause, decideTerminate } from "./decide-command.ts";
import { decideCompleteRestart, decideRestart } from "./decide-restart.ts";
import { decideEvent } from "./decide-event.ts";
import { decideGrant, decideLoss } from "./decide-lease.ts";
import { decideReport } from "./decide-report.ts";
import { decideSkip } from "./decide-skip.ts";
import { Draft, type Decision } from "./draft.ts";
import { EngineError } from "./errors.ts";
import { indexOf } from "./head.ts";
import type { Move } from "./move.ts";
import type { InstanceState } from "./state.ts";
import type { EpochMs } from "./time.ts";

/** What may happen between a restart from a step and the run that it begins. Everything else comes after. */
const GOES_WITH_RESTART: ReadonlySet<Move["kind"]> = new Set(["completeRestart", "purge", "delete", "settle"]);

/**
 * What a move makes of an instance: the one place where rules live. Pure: the state is left as it is.
 *
 * @throws {EngineError} INSTANCE_NOT_FOUND, LEASE_LOST, JOURNAL_MISMATCH, JOURNAL_CONFLICT, INVALID_TRANSITION, LIMIT_EXCEEDED
 *   or INVALID_FIELD.
 */
export function decide(state: InstanceState, move: Move, now: EpochMs): Decision {
  // A purge that was interrupted goes on.
  if (state.purged && move.kind !== "purge")
    throw new EngineError("INSTANCE_NOT_FOUND", "the instance has been purged");
  if (state.restartingAt !== null && !GOES_WITH_RESTART.has(move.kind))
    throw new EngineError("JOURNAL_CONFLICT", "the instance is being restarted; try again");
  switch (move.kind) {
    case "grant":
      return decideGrant(state, move, now);
    case "report":
      return decideReport(state, move, now);
    case "loseLease":
      return decideLoss(state, move, now);
    case "sendEvent":
      return decideEvent(state, move, now);
    case "pause":
    case "resume":
      return decidePause(state, move.kind, now);
    case "terminate":
    case "rollBack":
      return decideTerminate(state, move.kind, now);
    case "restart":
      return decideRestart(state, null, now);
    case "restartFrom":
      return decideRestart(state, move.key, now);
    case "completeRestart":
      return decideCompleteRestart(state, now);
    case "purge":
      return decidePurge(state, now);
    case "skipTimer":
      return decideSkip(state, move.key, now);
    case "delete":
      return decideDelete(state, now);
    case "settle":
      return new Draft(state, now).finishEvenEmpty();
  }
}

/** Removes an instance whose time of keeping is over; one that was restarted meanwhile stays. */
function decidePurge(state: InstanceState, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  const { purgeAt } = indexOf(state);
  if (!state.purged && purgeAt !== null && purgeAt <= now) draft.emit({ kind: "instancePurged" });
  return draft.finish();
}

/** What runs loses its lease with it. */
function decideDelete(state: InstanceState, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  draft.emit({ kind: "instancePurged" });
  return draft.finish();
}
