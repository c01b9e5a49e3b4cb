import type { Failure } from "./failure.ts";
import type { Payload } from "./payload.ts";
import type { StepConfig, StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

export type LeaseLostReason = "expired" | "released" | "undelivered";

/** Why an instance is rolled back: `run` threw, or a caller ended it. */
export type RollbackCause = "failed" | "terminated";

/** One thing that happened to an instance. */
export type Entry =
  | { readonly kind: "leaseGranted"; readonly epoch: number; readonly session: string }
  | { readonly kind: "leaseLost"; readonly epoch: number; readonly reason: LeaseLostReason }
  | { readonly kind: "parked" }
  | {
      readonly kind: "stepStarted";
      readonly key: StepKey;
      readonly attempt: number;
      /** Only with the first start. */
      readonly config: StepConfig | null;
      readonly startedAt: EpochMs;
    }
  | {
      readonly kind: "stepCompleted";
      readonly key: StepKey;
      readonly attempt: number;
      readonly output: Payload;
      /** Callers do not get to see the output. */
      readonly sensitive: boolean;
    }
  | {
      readonly kind: "stepFailed";
      readonly key: StepKey;
      readonly attempt: number;
      readonly failure: Failure;
      /** Null: the step has failed for good. */
      readonly retryAt: EpochMs | null;
    }
  | { readonly kind: "retryDue"; readonly key: StepKey; readonly attempt: number }
  | { readonly kind: "sleepStarted"; readonly key: StepKey; readonly dueAt: EpochMs }
  | { readonly kind: "sleepCompleted"; readonly key: StepKey }
  | {
      readonly kind: "waitStarted";
      readonly key: StepKey;
      readonly eventType: string;
      /** More types that it takes as well. */
      readonly otherEventTypes: readonly string[];
      readonly dueAt: EpochMs;
      readonly timeoutMs: number;
    }
  | { readonly kind: "waitCompleted"; readonly key: StepKey; readonly event: number }
  | { readonly kind: "waitTimedOut"; readonly key: StepKey }
  /** `run` no longer waits; an event that it was given and has not seen is free again. */
  | { readonly kind: "waitCancelled"; readonly key: StepKey }
  | {
      readonly kind: "eventAccepted";
      /** Counts the events of a run, from 1. */
      readonly event: number;
      readonly type: string;
      readonly payload: Payload;
      readonly acceptedAt: EpochMs;
      readonly requestId: string | null;
    }
  | { readonly kind: "outcomeDelivered"; readonly key: StepKey }
  | { readonly kind: "pauseRequested" }
  | { readonly kind: "paused" }
  | { readonly kind: "resumed" }
  | { readonly kind: "instanceCompleted"; readonly output: Payload }
  | { readonly kind: "instanceFailed"; readonly failure: Failure }
  | { readonly kind: "instanceTerminated" }
  | {
      readonly kind: "rollbackStarted";
      readonly cause: RollbackCause;
      /** What the handlers are told. */
      readonly failure: Failure;
      /** In the order in which they are undone. */
      readonly steps: readonly StepKey[];
    }
  | { readonly kind: "rollbackCompleted" }
  | { readonly kind: "rollbackFailed"; readonly failure: Failure }
  | { readonly kind: "instanceRestarted" }
  /** The next run begins with what came before this step. Its journal is written first, then `instanceRestarted` here. */
  | { readonly kind: "restartRequested"; readonly key: StepKey }
  /** The records before this one were kept from an earlier run. */
  | { readonly kind: "restartedFrom"; readonly run: number; readonly key: StepKey }
  /** The last entry of all: its time is over, or a caller deleted it. From here on the instance is being removed. */
  | { readonly kind: "instancePurged" };

export type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;

/** Which commit of which lease a record is; null when the engine itself wrote it. */
export interface Report {
  readonly epoch: number;
  readonly sequence: number;
}

/** One commit of a run. */
export interface JournalRecord {
  /** From 1, without gaps. */
  readonly position: number;
  readonly committedAt: EpochMs;
  readonly report: Report | null;
  readonly entries: readonly Entry[];
}
