import type { JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import { foldRecord } from "../../../services/engine/src/domain/fold.ts";
import { indexOf, nextDueAt } from "../../../services/engine/src/domain/head.ts";
import { isFinished } from "../../../services/engine/src/domain/lifecycle.ts";
import { initialState, type Birth, type InstanceState } from "../../../services/engine/src/domain/state.ts";
import { must } from "./violation.ts";

/** What must hold of a state, whatever led to it. @throws {Violation} */
export function checkState(state: InstanceState): void {
  const { status, lease, open } = state;
  if (state.purged) return must(lease === null && open.size === 0, "an instance is removed and goes on");
  const leased = status === "running" || status === "waitingForPause";
  must(leased === (lease !== null), `${status} ${lease === null ? "without" : "with"} a lease`);
  must((status === "paused") === (state.pausedAt !== null), "clocks stand still exactly while paused");
  must(isFinished(status) === (state.endedAt !== null), "an end has its time");
  const { readyAt } = indexOf(state);
  const ready = status === "queued" || status === "waiting";
  must(ready === (readyAt !== null), `nothing will move this instance: ${status}, ready at ${readyAt}`);
  if (status === "waiting") must(readyAt === nextDueAt(state), "a parked instance is ready at its earliest timer");
  for (const step of open.values()) {
    const news = step.status === "due" || step.status === "undelivered";
    must(status !== "waiting" || !news, `parked with news: ${step.status}`);
  }
}

/** The state that the journal of all runs leads to. */
export function replay(birth: Birth, records: readonly JournalRecord[]): InstanceState {
  let state = initialState(birth, 1, birth.createdAt);
  for (const record of records) state = foldRecord(state, record);
  return state;
}

const INSTANTS = new Set(["committedAt", "startedAt", "acceptedAt", "retryAt", "dueAt"]);

/** Every number of a record is one that a store can keep; instants are whole. @throws {Violation} */
export function checkNumbers(value: unknown, name = "record"): void {
  if (typeof value === "number") {
    must(Number.isFinite(value), `${name} is ${value}`);
    must(!INSTANTS.has(name) || Number.isInteger(value), `${name} is ${value}, not a whole millisecond`);
  } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    for (const [key, part] of Object.entries(value)) checkNumbers(part, Array.isArray(value) ? name : key);
  }
}
