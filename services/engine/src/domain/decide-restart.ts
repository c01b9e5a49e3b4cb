import { Draft, type Decision } from "./draft.ts";
import { afterCommand } from "./lifecycle.ts";
import type { InstanceState } from "./state.ts";
import type { StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

/**
 * Starts an instance anew. From a step it takes two records: this one fences whoever works on the run, then the next
 * run's journal is written, which anyone can do and all would do alike, then `completeRestart` makes it the current one.
 */
export function decideRestart(state: InstanceState, from: StepKey | null, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  afterCommand(state.status, "restart");
  if (from === null) draft.emit({ kind: "instanceRestarted" });
  else draft.emit({ kind: "restartRequested", key: from });
  return draft.finish();
}

export function decideCompleteRestart(state: InstanceState, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  if (state.restartingAt !== null) draft.emit({ kind: "instanceRestarted" });
  return draft.finish();
}
