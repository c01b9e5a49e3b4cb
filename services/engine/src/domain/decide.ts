import { decideCommand } from "./decide-command.ts";
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

/**
 * What a move makes of an instance: the one place where rules live. Pure: the state is left as it is.
 *
 * @throws {EngineError} INSTANCE_NOT_FOUND, LEASE_LOST, JOURNAL_MISMATCH, INVALID_TRANSITION, LIMIT_EXCEEDED or INVALID_FIELD.
 */
export function decide(state: InstanceState, move: Move, now: EpochMs): Decision {
  // A purge that was interrupted goes on.
  if (state.purged && move.kind !== "purge")
    throw new EngineError("INSTANCE_NOT_FOUND", "the instance has been purged");
  switch (move.kind) {
    case "grant":
      return decideGrant(state, move.session, now);
    case "report":
      return decideReport(state, move, now);
    case "loseLease":
      return decideLoss(state, move, now);
    case "sendEvent":
      return decideEvent(state, move, now);
    case "pause":
    case "resume":
    case "terminate":
    case "restart":
      return decideCommand(state, move.kind, now);
    case "purge":
      return decidePurge(state, now);
    case "skipTimer":
      return decideSkip(state, move.key, now);
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
