import { KeySet } from "./key-set.ts";
import type { Report, RollbackCause } from "./entry.ts";
import type { Failure } from "./failure.ts";
import type { Status } from "./lifecycle.ts";
import type { InstanceName } from "./name.ts";
import { storedBytes, type Payload } from "./payload.ts";
import type { BufferedEvent, OpenStep, StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

/** How long an instance is kept after its end. `success` also covers terminated ones. */
export interface Retention {
  readonly successMs: number;
  readonly failureMs: number;
}

/** What an instance is created with; it never changes. */
export interface Birth {
  readonly name: InstanceName;
  /** Made by the engine, and another one each time an id is used anew: journals of the old and the new never mix. */
  readonly uid: string;
  readonly createdAt: EpochMs;
  readonly params: Payload;
  readonly retention: Retention;
  /** The creator's idempotency key. */
  readonly requestId: string | null;
  /** The session that was handed the instance in the write that created it: epoch 1 of run 1. */
  readonly handedTo: string | null;
  /** The cron schedule that made it; null when a caller did. */
  readonly schedule: ScheduledTime | null;
}

/** A moment of a cron schedule. */
export interface ScheduledTime {
  readonly cron: string;
  readonly dueAt: EpochMs;
}

/** The right of one session to report. */
export interface Lease {
  readonly session: string;
  /** Fencing number, growing by one a grant. */
  readonly epoch: number;
  readonly grantedAt: EpochMs;
}

/** The started steps that can be undone, newest first. A chain: one more costs the same however long it is. */
export interface Undoable {
  readonly key: StepKey;
  readonly before: Undoable | null;
}

/** An instance that undoes its steps before it ends. */
export interface Rollback {
  readonly cause: RollbackCause;
  readonly failure: Failure;
  /** Of the kind rollback, in the order in which they are undone. */
  readonly pending: readonly StepKey[];
}

/** What a fold of a run's journal knows. Payloads are left out: nothing is decided by them. */
export interface InstanceState {
  readonly birth: Birth;
  /** From 1; a restart starts the next. */
  readonly run: number;
  readonly runStartedAt: EpochMs;
  /** Of the newest record; 0 before the first. */
  readonly position: number;
  readonly status: Status;
  readonly lease: Lease | null;
  /** The newest epoch granted in this run. */
  readonly epoch: number;
  /** The newest report under the newest lease. */
  readonly report: Report | null;
  /** Leases in a row that ended without any report. */
  readonly lostAttempts: number;
  /** Since when a queued instance is ready. */
  readonly readySince: EpochMs;
  /** Who may still have the run in memory, as of which position. */
  readonly retained: { readonly session: string; readonly position: number } | null;
  /** Steps that have started and not ended, in the order of their start. */
  readonly open: ReadonlyMap<string, OpenStep>;
  /** Keys of the steps that have ended. */
  readonly finished: Pick<KeySet, "has">;
  /** Steps started so far; sleeps and waits are exempt. */
  readonly stepCount: number;
  readonly undoable: Undoable | null;
  readonly rollback: Rollback | null;
  /** The step that the next run begins at, while that run's journal is being written. */
  readonly restartingAt: StepKey | null;
  /** Bytes of all payloads and streams. */
  readonly storedBytes: number;
  /** Events accepted so far. */
  readonly eventCount: number;
  /** Events that no wait has taken yet, oldest first. */
  readonly buffered: readonly BufferedEvent[];
  /** Idempotency keys of the events accepted. */
  readonly requestIds: Pick<KeySet, "has">;
  /** Since when clocks stand still. */
  readonly pausedAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
  /** It is being removed, since `endedAt`: for callers it is gone. */
  readonly purged: boolean;
}

/** The same, while a fold or a decision works on it. */
export interface MutableState extends InstanceState {
  position: number;
  status: Status;
  lease: Lease | null;
  epoch: number;
  report: Report | null;
  lostAttempts: number;
  readySince: EpochMs;
  retained: { readonly session: string; readonly position: number } | null;
  open: Map<string, OpenStep>;
  finished: KeySet;
  stepCount: number;
  undoable: Undoable | null;
  rollback: Rollback | null;
  restartingAt: StepKey | null;
  storedBytes: number;
  eventCount: number;
  buffered: BufferedEvent[];
  requestIds: KeySet;
  pausedAt: EpochMs | null;
  endedAt: EpochMs | null;
  purged: boolean;
}

/** A run before its first record. */
export function initialState(birth: Birth, run: number, runStartedAt: EpochMs): MutableState {
  const handedTo = run === 1 ? birth.handedTo : null;
  return {
    birth,
    run,
    runStartedAt,
    position: 0,
    status: handedTo === null ? "queued" : "running",
    lease: handedTo === null ? null : { session: handedTo, epoch: 1, grantedAt: runStartedAt },
    epoch: handedTo === null ? 0 : 1,
    report: null,
    lostAttempts: 0,
    readySince: runStartedAt,
    retained: null,
    open: new Map(),
    finished: new KeySet(),
    stepCount: 0,
    undoable: null,
    rollback: null,
    restartingAt: null,
    storedBytes: storedBytes(birth.params),
    eventCount: 0,
    buffered: [],
    requestIds: new KeySet(),
    pausedAt: null,
    endedAt: null,
    purged: false,
  };
}

/** A copy to decide on; the original stays as it is until the decision is written. */
export function forkState(state: InstanceState): MutableState {
  const { open, buffered, finished, requestIds } = state as MutableState;
  return {
    ...state,
    open: new Map(open),
    buffered: [...buffered],
    finished: finished.fork(),
    requestIds: requestIds.fork(),
  };
}

/** Makes a written decision's state the one to go on from. */
export function settleState(state: InstanceState): void {
  const { finished, requestIds } = state as MutableState;
  finished.settle();
  requestIds.settle();
}
