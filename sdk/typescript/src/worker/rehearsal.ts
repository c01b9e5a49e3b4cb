import type { StepCallback } from "./attempt.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { StepKey } from "./step-key.ts";

/** What a test of workflows puts in place of the real thing. All else of a run is as ever. */
export interface Rehearsal {
  /** What is called in place of a step's callback. Null: the step's own. */
  callbackOf(instance: InstanceIdentity, step: StepKey, attempt: number): StepCallback | null;
  /** By which `sleepUntil` tells the past, in ms since 1970. */
  now(): number;
}

/** The real thing. */
export const NO_REHEARSAL: Rehearsal = { callbackOf: () => null, now: () => Date.now() };
