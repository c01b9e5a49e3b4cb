import { isFinished, type Status } from "./lifecycle.ts";
import type { Birth, InstanceState, Lease } from "./state.ts";
import { dueAtOf } from "./step.ts";
import type { EpochMs } from "./time.ts";

/** What queries and loops look for. It follows from the journal; a store keeps it beside it as an index. */
export interface HeadIndex {
  readonly run: number;
  readonly runStartedAt: EpochMs;
  /** The journal position it reflects. */
  readonly position: number;
  readonly status: Status;
  /** When a worker should have it: a queued instance's age, a parked one's earliest timer. Null when leased, paused or finished. */
  readonly readyAt: EpochMs | null;
  readonly lease: Lease | null;
  readonly endedAt: EpochMs | null;
  readonly purgeAt: EpochMs | null;
}

/** One record an instance: how it was born, and its index. */
export interface Head {
  readonly birth: Birth;
  readonly index: HeadIndex;
}

export function indexOf(state: InstanceState): HeadIndex {
  const { run, runStartedAt, position, status, lease, endedAt } = state;
  return { run, runStartedAt, position, status, readyAt: readyAtOf(state), lease, endedAt, purgeAt: purgeAtOf(state) };
}

/** Whether two indexes lead loops and queries to the same place; the position alone is no reason to write. */
export function sameIndex(a: HeadIndex, b: HeadIndex): boolean {
  return (
    a.run === b.run &&
    a.status === b.status &&
    a.readyAt === b.readyAt &&
    a.endedAt === b.endedAt &&
    a.lease?.epoch === b.lease?.epoch
  );
}

/** Whether an index shows that its instance is being removed: it is gone at its end, and no retention is that short. */
export function isRemoved({ endedAt, purgeAt }: HeadIndex): boolean {
  return purgeAt !== null && purgeAt === endedAt;
}

/** Whether an index shows the end of its journal: finished, and nobody has it or is about to write. Any other may lag. */
export function isAtRest(index: HeadIndex): boolean {
  return isFinished(index.status) && index.lease === null && index.readyAt === null && !isRemoved(index);
}

/** The earliest timer that runs, or null. Clocks of a paused instance stand still. */
export function nextDueAt(state: InstanceState): EpochMs | null {
  if (state.pausedAt !== null) return null;
  let earliest: EpochMs | null = null;
  for (const step of state.open.values()) {
    const dueAt = dueAtOf(step);
    if (dueAt !== null && (earliest === null || dueAt < earliest)) earliest = dueAt;
  }
  return earliest;
}

function readyAtOf(state: InstanceState): EpochMs | null {
  if (state.purged) return null;
  switch (state.status) {
    case "queued":
      // One that has begun goes before those that have not: it queues by its age.
      return state.position === 0 ? state.readySince : Math.min(state.runStartedAt, state.readySince);
    case "waiting":
      return nextDueAt(state);
    case "running":
    case "waitingForPause":
    case "paused":
    case "complete":
    case "errored":
    case "terminated":
      return null;
  }
}

function purgeAtOf({ status, endedAt, purged, birth }: InstanceState): EpochMs | null {
  if (purged) return endedAt;
  if (endedAt === null || !isFinished(status)) return null;
  return endedAt + (status === "errored" ? birth.retention.failureMs : birth.retention.successMs);
}
