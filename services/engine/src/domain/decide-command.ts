import { Draft, type Decision } from "./draft.ts";
import { TERMINATED } from "./failure.ts";
import { afterCommand } from "./lifecycle.ts";
import { cutRollback, startRollback } from "./rollback.ts";
import type { InstanceState } from "./state.ts";
import type { EpochMs } from "./time.ts";

/** Stops an instance's clocks, or lets them go on. The lifecycle table says whether it has an effect. */
export function decidePause(state: InstanceState, command: "pause" | "resume", now: EpochMs): Decision {
  const draft = new Draft(state, now);
  const status = afterCommand(state.status, command);
  // What is about to end is not held up.
  if (status === state.status || state.rollback !== null) return draft.finish();
  if (command === "resume") {
    draft.emit({ kind: "resumed" });
    return draft.finish();
  }
  // What was due before the pause happened before it.
  draft.fireTimers();
  draft.emit({ kind: status === "paused" ? "paused" : "pauseRequested" });
  return draft.finish();
}

/** Ends an instance: at once, or when its steps were undone. */
export function decideTerminate(state: InstanceState, command: "terminate" | "rollBack", now: EpochMs): Decision {
  const draft = new Draft(state, now);
  afterCommand(state.status, "terminate");
  if (state.rollback !== null) {
    if (command === "terminate") cutRollback(draft);
  } else if (command === "rollBack" && state.undoable !== null) {
    startRollback(draft, "terminated", TERMINATED);
  } else {
    draft.emit({ kind: "instanceTerminated" });
  }
  return draft.finish();
}
