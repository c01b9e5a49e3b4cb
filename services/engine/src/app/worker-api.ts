import type { Entry, JournalRecord } from "../domain/entry.ts";
import type { EngineError } from "../domain/errors.ts";
import type { InstanceName } from "../domain/name.ts";
import type { Operation } from "../domain/operation.ts";
import type { Payload } from "../domain/payload.ts";
import type { ScheduledTime } from "../domain/state.ts";
import type { StepKey } from "../domain/step.ts";
import type { EpochMs } from "../domain/time.ts";

/** What workers can do. Everything answers with a result or throws an EngineError. */
export interface WorkerApi {
  /** Resolves with what is ready, or empty after `holdMs`, when the caller is gone, or at shutdown. */
  poll(poll: Poll, signal: AbortSignal): Promise<Polled>;
  /** One result a commit, in their order; a refusal is a result. Throws only when all outcomes are unknown. */
  commit(session: string, commits: readonly TaskCommit[]): Promise<readonly (Accepted | EngineError)[]>;
  heartbeat(session: string, held: readonly HeldTask[]): Promise<Heartbeat>;
  journal(session: string, lease: LeaseRef, after: number): Promise<TaskJournal>;
  putBlob(session: string, lease: LeaseRef, chunk: NewChunk): Promise<void>;
  blob(lease: LeaseRef, blob: string, chunk: number): Promise<Uint8Array>;
  shutdown(session: string): Promise<void>;
}

export interface Poll {
  readonly session: string;
  readonly workerName: string | null;
  readonly namespace: string;
  readonly workflows: readonly string[];
  /** 0: notices only. */
  readonly slots: number;
  readonly holdMs: number;
}

export interface Polled {
  readonly tasks: readonly Task[];
  readonly notices: readonly Notice[];
}

/** Which lease of which instance; `uid`, `run` and `epoch` travel as one opaque token. */
export interface LeaseRef {
  readonly name: InstanceName;
  readonly uid: string;
  readonly run: number;
  readonly epoch: number;
}

/** An instance lent to a worker. */
export interface Task {
  readonly lease: LeaseRef;
  /** Null when the worker is believed to know: `afterPosition` is not 0. */
  readonly params: Payload | null;
  readonly createdAt: EpochMs;
  readonly afterPosition: number;
  readonly records: readonly JournalRecord[];
  readonly position: number;
  readonly lostAttempts: number;
  readonly nextDueInMs: number | null;
  readonly stepLimit: number;
  readonly pausing: boolean;
  readonly schedule: ScheduledTime | null;
}

export interface TaskCommit {
  readonly lease: LeaseRef;
  readonly sequence: number;
  readonly seenPosition: number;
  readonly operations: readonly Operation[];
  readonly park: boolean;
}

export interface Accepted {
  readonly position: number;
  readonly leaseState: "held" | "released" | "finished";
  readonly news: readonly Entry[];
  readonly putOff: readonly StepKey[];
  readonly pausing: boolean;
  readonly nextDueInMs: number | null;
}

/** A part of a stream. */
export interface NewChunk {
  readonly blob: string;
  /** From 0. */
  readonly chunk: number;
  readonly bytes: Uint8Array;
}

export interface Notice {
  readonly lease: LeaseRef;
  readonly leaseLost: boolean;
}

export interface HeldTask {
  readonly lease: LeaseRef;
  readonly seenPosition: number;
}

export interface Heartbeat {
  readonly notices: readonly Notice[];
  readonly leaseMs: number;
}

export interface TaskJournal {
  readonly name: InstanceName;
  readonly records: readonly JournalRecord[];
  readonly position: number;
  readonly params: Payload;
  readonly createdAt: EpochMs;
}
