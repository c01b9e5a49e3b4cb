import { Draft, type Decision } from "./draft.ts";
import { grantIfReady } from "./decide-lease.ts";
import { EngineError } from "./errors.ts";
import { isFinished } from "./lifecycle.ts";
import { BUFFERED_EVENTS_MAX } from "./limits.ts";
import type { Move } from "./move.ts";
import { checkPayload } from "./payload.ts";
import type { InstanceState } from "./state.ts";
import type { EpochMs } from "./time.ts";

/** Accepts an event and gives it to the longest waiting wait of its type, or keeps it. */
export function decideEvent(state: InstanceState, move: Extract<Move, { kind: "sendEvent" }>, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  // Also after the end: the event itself may have brought it, and its sender not have heard.
  if (move.requestId !== null && state.requestIds.has(move.requestId)) return draft.finish();
  if (isFinished(state.status)) {
    throw new EngineError("INVALID_TRANSITION", `the instance is ${state.status} and takes no events`, {
      status: state.status,
    });
  }
  checkPayload(move.payload, `the payload of event "${move.type}"`);
  // A wait whose time is over takes no later event, though nobody has noticed its end yet.
  draft.fireTimers();
  const { type, payload, requestId } = move;
  const wait = draft.longestWaitFor(type);
  if (wait === undefined && state.buffered.length >= BUFFERED_EVENTS_MAX) {
    throw new EngineError("LIMIT_EXCEEDED", `${BUFFERED_EVENTS_MAX} events wait for this instance already`, {
      limitEvents: String(BUFFERED_EVENTS_MAX),
    });
  }
  const event = state.eventCount + 1;
  draft.emit({ kind: "eventAccepted", event, type, payload, acceptedAt: now, requestId });
  if (wait !== undefined) draft.emit({ kind: "waitCompleted", key: wait.key, event });
  if (move.grantTo !== undefined) grantIfReady(draft, move.grantTo);
  return draft.finish();
}
