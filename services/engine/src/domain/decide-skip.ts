import { Draft, type Decision } from "./draft.ts";
import type { InstanceState } from "./state.ts";
import type { StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

/** Lets the timer of a step fire now, if it runs: for tests of workflows, in which nobody has the time to wait. */
export function decideSkip(state: InstanceState, key: StepKey, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  // What was due before it comes before it.
  draft.fireTimers();
  draft.fireTimer(key);
  return draft.finish();
}
