import { Draft, type Decision } from "./draft.ts";
import { afterCommand, type Command } from "./lifecycle.ts";
import type { InstanceState } from "./state.ts";
import type { EpochMs } from "./time.ts";

/** What a caller's command makes of an instance. The lifecycle table says whether it has an effect. */
export function decideCommand(state: InstanceState, command: Command, now: EpochMs): Decision {
  const draft = new Draft(state, now);
  const status = afterCommand(state.status, command);
  switch (command) {
    case "pause":
      if (status === state.status) break;
      // What was due before the pause happened before it.
      draft.fireTimers();
      draft.emit({ kind: status === "paused" ? "paused" : "pauseRequested" });
      break;
    case "resume":
      if (status !== state.status) draft.emit({ kind: "resumed" });
      break;
    case "terminate":
      draft.emit({ kind: "instanceTerminated" });
      break;
    case "restart":
      draft.emit({ kind: "instanceRestarted" });
      break;
  }
  return draft.finish();
}
