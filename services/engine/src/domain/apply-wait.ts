import type { Draft } from "./draft.ts";
import { EngineError } from "./errors.ts";
import { EVENT_TYPES_MAX, TIMER_MS_MAX } from "./limits.ts";
import type { OperationOf, SleepEnd } from "./operation.ts";
import { checkSpan } from "./span.ts";
import { mismatch, requireNew } from "./step-checks.ts";
import { keyText, type StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

export function startSleep(draft: Draft, { key, end }: OperationOf<"startSleep">): void {
  requireNew(draft, key, "sleep");
  draft.emit({ kind: "sleepStarted", key, dueAt: sleepDueAt(end, draft.now) });
  draft.fireTimers();
}

export function startWait(draft: Draft, operation: OperationOf<"startWait">): void {
  const { key, eventType, otherEventTypes, timeoutMs } = operation;
  requireNew(draft, key, "wait");
  if (otherEventTypes.length >= EVENT_TYPES_MAX) {
    throw new EngineError("INVALID_FIELD", `wait "${key.name}" takes at most ${EVENT_TYPES_MAX} types of event`);
  }
  const dueAt = draft.now + checkSpan(timeoutMs, `the timeout of wait "${key.name}"`);
  draft.emit({ kind: "waitStarted", key, eventType, otherEventTypes, dueAt, timeoutMs });
  const event = draft.state.buffered.find(({ type }) => type === eventType || otherEventTypes.includes(type));
  if (event !== undefined) return draft.emit({ kind: "waitCompleted", key, event: event.event });
  draft.fireTimers();
}

/** An event that the wait was given, and `run` has not seen, goes to the next in line, or is kept. */
export function cancelWait(draft: Draft, key: StepKey): void {
  const { open, finished } = draft.state;
  const step = open.get(keyText(key));
  if (key.kind === "wait" && finished.has(keyText(key))) return;
  if (key.kind !== "wait" || step === undefined) throw mismatch(key, "is no wait that has started");
  draft.emit({ kind: "waitCancelled", key });
  const event = step.status === "undelivered" ? step.event : null;
  const next = event === null ? undefined : draft.longestWaitFor(event.type);
  if (event !== null && next !== undefined) draft.emit({ kind: "waitCompleted", key: next.key, event: event.event });
}

export function deliverOutcome(draft: Draft, key: StepKey): void {
  if (draft.state.open.get(keyText(key))?.status !== "undelivered") throw mismatch(key, "has no outcome to deliver");
  draft.emit({ kind: "outcomeDelivered", key });
}

/** @throws {EngineError} INVALID_FIELD above 365 days. */
function sleepDueAt(end: SleepEnd, now: EpochMs): EpochMs {
  const dueAt = "at" in end ? end.at : now + end.afterMs;
  if (dueAt - now <= TIMER_MS_MAX) return Math.ceil(Math.max(dueAt, now));
  throw new EngineError("INVALID_FIELD", "a sleep takes at most 365 days", { limitMs: String(TIMER_MS_MAX) });
}
