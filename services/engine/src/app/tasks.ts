import type { JournalRecord } from "../domain/entry.ts";
import { nextDueAt } from "../domain/head.ts";
import { TASK_BYTES_MAX } from "../domain/limits.ts";
import type { InstanceState } from "../domain/state.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { LeaseRef, Task } from "./worker-api.ts";

/** Records that a task brings at once; the worker asks for the rest. */
const TASK_PAGE = { records: 1_000, bytes: TASK_BYTES_MAX };

export function leaseRefOf(state: InstanceState, epoch: number): LeaseRef {
  return { name: state.birth.name, uid: state.birth.uid, run: state.run, epoch };
}

export function isLeasedTo(state: InstanceState, session: string, { uid, run, epoch }: LeaseRef): boolean {
  const { lease } = state;
  return state.birth.uid === uid && state.run === run && lease?.epoch === epoch && lease.session === session;
}

/** Time until a state's earliest timer. */
export function nextDueInMs(state: InstanceState, now: EpochMs): number | null {
  const dueAt = nextDueAt(state);
  return dueAt === null ? null : Math.max(0, dueAt - now);
}

/**
 * What a worker gets with a lease that was just granted: the whole journal, or what came after the position
 * that this session parked at, since it may still have the run in memory.
 */
export async function buildTask(
  store: Store,
  granted: {
    readonly before: InstanceState | null;
    readonly after: InstanceState;
    readonly recent: readonly JournalRecord[];
  },
  options: { readonly now: EpochMs; readonly stepLimit: number },
): Promise<Task> {
  const { before, after, recent } = granted;
  const retained = before?.retained?.session === after.lease?.session ? (before?.retained ?? null) : null;
  const afterPosition = retained?.position ?? 0;
  return {
    lease: leaseRefOf(after, after.epoch),
    params: afterPosition === 0 ? after.birth.params : null,
    createdAt: after.birth.createdAt,
    afterPosition,
    records: await recordsAfter(store, after, afterPosition, recent),
    position: after.position,
    lostAttempts: after.lostAttempts,
    nextDueInMs: nextDueInMs(after, options.now),
    stepLimit: options.stepLimit,
    pausing: after.status === "waitingForPause",
    schedule: after.birth.schedule,
  };
}

/** Records after a position, up to the state's: those at hand where they reach back so far, otherwise a page from the store. */
export async function recordsAfter(
  store: Store,
  state: InstanceState,
  after: number,
  recent: readonly JournalRecord[],
): Promise<readonly JournalRecord[]> {
  if (after >= state.position) return [];
  const atHand = recent.filter((record) => record.position > after && record.position <= state.position);
  if (atHand.length === state.position - after) return atHand;
  const slice = await store.journal({ uid: state.birth.uid, run: state.run }, after, TASK_PAGE);
  return slice.records.filter((record) => record.position <= state.position);
}
