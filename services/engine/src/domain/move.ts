import type { LeaseLostReason, Report } from "./entry.ts";
import type { Command } from "./lifecycle.ts";
import type { Operation } from "./operation.ts";
import type { Payload } from "./payload.ts";
import type { StepKey } from "./step.ts";

/** What a run may use. */
export interface RunLimits {
  /** Steps; sleeps and waits are exempt. */
  readonly steps: number;
  /** Bytes of all that it stores, streams included. */
  readonly bytes: number;
}

/** Everything that can change an instance, whoever asks. */
export type Move =
  /** A poller takes a ready instance. */
  | {
      readonly kind: "grant";
      readonly session: string;
      /** The lease that a place was taken for. Any other is not granted. */
      readonly as?: { readonly uid: string; readonly run: number; readonly epoch: number };
    }
  | {
      /** The holder of a lease reports. */
      readonly kind: "report";
      readonly session: string;
      /** Of which instance of the name, and which run of it: epochs count anew in each. */
      readonly uid: string;
      readonly run: number;
      readonly report: Report;
      readonly operations: readonly Operation[];
      /** Nothing can run until a timer or an event. */
      readonly park: boolean;
      readonly limits: RunLimits;
    }
  /** A lease ends without its holder's doing. */
  | {
      readonly kind: "loseLease";
      readonly uid: string;
      readonly run: number;
      readonly epoch: number;
      readonly reason: LeaseLostReason;
    }
  | {
      readonly kind: "sendEvent";
      readonly type: string;
      readonly payload: Payload;
      readonly requestId: string | null;
      /** The session that gets the instance in the same record, if the event makes it ready. */
      readonly grantTo?: string;
    }
  | { readonly kind: Command }
  /** The next run begins at a step that this one has started. */
  | { readonly kind: "restartFrom"; readonly key: StepKey }
  /** The journal of the next run begins with what a restart from a step keeps: that run is the current one now. */
  | { readonly kind: "completeRestart" }
  /** The time of keeping is over. */
  | { readonly kind: "purge" }
  /** A timer fires before its time. Only engines that test workflows make it. */
  | { readonly kind: "skipTimer"; readonly key: StepKey }
  /** A caller removes it, whatever it is doing. */
  | { readonly kind: "delete" }
  /** The index was found to lag: an empty record makes sure that nobody else is about to write, and takes the index along. */
  | { readonly kind: "settle" };
