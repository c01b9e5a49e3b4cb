import { isFinished, type Status } from "./lifecycle.ts";
import type { InstanceName } from "./name.ts";
import type { EpochMs } from "./time.ts";

export type LifecycleEventType = "queued" | "started" | "paused" | "errored" | "terminated" | "completed";

/** A turn in the life of an instance, as those hear of it who watch all of them. */
export interface LifecycleEvent {
  readonly type: LifecycleEventType;
  readonly name: InstanceName;
  readonly run: number;
  readonly at: EpochMs;
}

/** As much of an instance as its turns follow from. */
export interface Stage {
  readonly run: number;
  readonly status: Status;
  /** A worker has had this run. */
  readonly begun: boolean;
}

/** The turns that lie between two stages of an instance, in order; null: it was not there before. A resumption counts as a start. */
export function turnsBetween(before: Stage | null, after: Stage): readonly LifecycleEventType[] {
  const sameRun = before !== null && before.run === after.run;
  const turns: LifecycleEventType[] = sameRun ? [] : ["queued"];
  const from = sameRun ? before : null;
  if (from?.status === after.status && from.begun === after.begun) return turns;
  const resumed = from?.status === "paused" && after.status !== "paused" && !isFinished(after.status);
  if ((after.begun && from?.begun !== true) || resumed) turns.push("started");
  if (from?.status === after.status) return turns;
  switch (after.status) {
    case "paused":
    case "errored":
    case "terminated":
      return [...turns, after.status];
    case "complete":
      return [...turns, "completed"];
    case "queued":
    case "running":
    case "waiting":
    case "waitingForPause":
      return turns;
  }
}
