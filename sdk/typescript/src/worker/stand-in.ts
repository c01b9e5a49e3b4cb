import type { StepCallback } from "./attempt.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { StepKey } from "./step-key.ts";

/**
 * Gives callbacks that are called in place of those in the code, so that tests of workflows can say what a step
 * gives. Null: the step's own is called. All else of an attempt is as ever.
 */
export type StandIn = (instance: InstanceIdentity, step: StepKey, attempt: number) => StepCallback | null;

/** Calls what the code has. */
export const NO_STAND_IN: StandIn = () => null;
