import type { Failure } from "./failure.ts";
import type { Payload } from "./payload.ts";
import type { StepConfig, StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

/** One thing that the holder of a lease reports. */
export type Operation =
  | {
      readonly kind: "startStep";
      readonly key: StepKey;
      readonly attempt: number;
      readonly config: StepConfig;
      /** The callback was called already: only steps that a task reaches before its first report. */
      readonly alreadyRunning: boolean;
      readonly runningForMs: number;
    }
  | { readonly kind: "completeStep"; readonly key: StepKey; readonly attempt: number; readonly output: Payload }
  | {
      readonly kind: "failStep";
      readonly key: StepKey;
      readonly attempt: number;
      readonly failure: Failure;
      /** The step fails for good, whatever its config says. */
      readonly final: boolean;
      /** What a delay function gave, in place of the config's. */
      readonly retryDelayMs: number | null;
    }
  | { readonly kind: "startSleep"; readonly key: StepKey; readonly end: SleepEnd }
  | {
      readonly kind: "startWait";
      readonly key: StepKey;
      readonly eventType: string;
      readonly otherEventTypes: readonly string[];
      readonly timeoutMs: number;
    }
  | { readonly kind: "cancelWait"; readonly key: StepKey }
  | { readonly kind: "deliverOutcome"; readonly key: StepKey }
  | { readonly kind: "completeInstance"; readonly output: Payload }
  | { readonly kind: "failInstance"; readonly failure: Failure };

export type OperationOf<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

export type SleepEnd = { readonly afterMs: number } | { readonly at: EpochMs };
