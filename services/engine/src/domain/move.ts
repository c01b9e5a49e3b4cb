import type { LeaseLostReason, Report } from "./entry.ts";
import type { Operation } from "./operation.ts";
import type { Payload } from "./payload.ts";
import type { StepKey } from "./step.ts";

/** Everything that can change an instance, whoever asks. */
export type Move =
  /** A poller takes a ready instance. */
  | { readonly kind: "grant"; readonly session: string }
  | {
      /** The holder of a lease reports. */
      readonly kind: "report";
      readonly session: string;
      readonly run: number;
      readonly report: Report;
      readonly operations: readonly Operation[];
      /** Nothing can run until a timer or an event. */
      readonly park: boolean;
      /** Steps that a run may have. */
      readonly stepLimit: number;
    }
  /** A lease ends without its holder's doing. Epochs count anew in each run, so the run is named too. */
  | { readonly kind: "loseLease"; readonly run: number; readonly epoch: number; readonly reason: LeaseLostReason }
  | {
      readonly kind: "sendEvent";
      readonly type: string;
      readonly payload: Payload;
      readonly requestId: string | null;
      /** The session that gets the instance in the same record, if the event makes it ready. */
      readonly grantTo?: string;
    }
  | { readonly kind: "pause" | "resume" | "terminate" | "restart" }
  /** The time of keeping is over. */
  | { readonly kind: "purge" }
  /** A timer fires before its time. Only engines that test workflows make it. */
  | { readonly kind: "skipTimer"; readonly key: StepKey }
  /** The index was found to lag: an empty record makes sure that nobody else is about to write, and takes the index along. */
  | { readonly kind: "settle" };
