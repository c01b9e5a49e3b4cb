import type { EpochMs } from "./time.ts";

/** A rollback has the name and the count of the step that it undoes. */
export type StepKind = "do" | "sleep" | "wait" | "rollback";

/** Which step of a run: its name and the how-many-th use of it by steps of its kind, from 1. */
export interface StepKey {
  readonly kind: StepKind;
  readonly name: string;
  readonly count: number;
}

/** One text a key. The name comes last: it may hold anything. */
export function keyText(key: StepKey): string {
  return `${key.kind}:${key.count}:${key.name}`;
}

export type Backoff = "constant" | "linear" | "exponential";

/** How attempts are retried and timed out. The first one journaled for a step holds. */
export interface StepConfig {
  /** Retries after the first attempt: limit n allows n + 1 attempts. */
  readonly retryLimit: number;
  readonly retryDelayMs: number;
  readonly backoff: Backoff;
  /** Of one attempt; kept by the worker. */
  readonly timeoutMs: number;
  /** A function in the worker computes the base delay anew for each failed attempt. */
  readonly dynamicDelay: boolean;
  /** Callers do not get to see the output. */
  readonly sensitive: boolean;
  /** The worker can undo the step. */
  readonly rollback: boolean;
}

/** A step that has started and not ended. Each status carries exactly what exists in it. */
export type OpenStep =
  | { readonly status: "running"; readonly key: StepKey; readonly attempt: number; readonly config: StepConfig }
  | {
      readonly status: "backingOff";
      readonly key: StepKey;
      readonly attempt: number;
      readonly config: StepConfig;
      readonly dueAt: EpochMs;
    }
  | { readonly status: "due"; readonly key: StepKey; readonly attempt: number; readonly config: StepConfig }
  | { readonly status: "sleeping"; readonly key: StepKey; readonly dueAt: EpochMs }
  | {
      readonly status: "awaiting";
      readonly key: StepKey;
      readonly dueAt: EpochMs;
      readonly eventTypes: readonly string[];
      readonly timeoutMs: number;
    }
  /** A sleep or a wait that has ended, and `run` has not seen it. */
  | {
      readonly status: "undelivered";
      readonly key: StepKey;
      /** What a wait was given. */
      readonly event: BufferedEvent | null;
    };

/** An event without what it carries. */
export interface BufferedEvent {
  /** Counts the events of a run, from 1. */
  readonly event: number;
  readonly type: string;
}

/** When a step's timer is due, or null when it has none. In `running` the attempt counts; in the two after it, the next one. */
export function dueAtOf(step: OpenStep): EpochMs | null {
  switch (step.status) {
    case "backingOff":
    case "sleeping":
    case "awaiting":
      return step.dueAt;
    case "running":
    case "due":
    case "undelivered":
      return null;
  }
}
