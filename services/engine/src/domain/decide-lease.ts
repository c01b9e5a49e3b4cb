import { Draft, type Decision } from "./draft.ts";
import { LOST_ATTEMPT } from "./failure.ts";
import type { Move } from "./move.ts";
import type { InstanceState } from "./state.ts";
import type { EpochMs } from "./time.ts";

/** Hands an instance to a session, if it is ready: queued, or parked with a timer that is due. */
export function decideGrant(state: InstanceState, move: Extract<Move, { kind: "grant" }>, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  const { session, as } = move;
  const { birth, run, epoch } = state;
  if (as !== undefined && (as.uid !== birth.uid || as.run !== run || as.epoch !== epoch + 1)) return draft.finish();
  draft.fireTimers();
  grantIfReady(draft, session);
  return draft.finish();
}

export function grantIfReady(draft: Draft, session: string): void {
  const { status, epoch } = draft.state;
  if (status === "queued") draft.emit({ kind: "leaseGranted", epoch: epoch + 1, session });
}

/** Takes a lease back. A lease that has ended already stays as it ended. */
export function decideLoss(state: InstanceState, move: Extract<Move, { kind: "loseLease" }>, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  const { uid, run, epoch, reason } = move;
  if (state.birth.uid !== uid || state.run !== run || state.lease?.epoch !== epoch) return draft.finish();
  // The loss may complete a pause: what was due before it happened before it.
  draft.fireTimers();
  draft.emit({ kind: "leaseLost", epoch, reason });
  for (const step of state.open.values()) {
    if (step.status !== "running") continue;
    const { key, attempt } = step;
    // An attempt that nobody will report counts; one that was handed back, or never arrived, is the same attempt again.
    if (reason === "expired") draft.emit({ kind: "stepFailed", key, attempt, failure: LOST_ATTEMPT, retryAt: now });
    draft.emit({ kind: "retryDue", key, attempt: reason === "expired" ? attempt + 1 : attempt });
  }
  if (state.status === "waitingForPause") draft.emit({ kind: "paused" });
  return draft.finish();
}
