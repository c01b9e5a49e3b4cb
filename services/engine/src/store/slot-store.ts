import type { WorkflowName } from "../domain/name.ts";
import type { EpochMs } from "../domain/time.ts";
import type { LeasedHead } from "./store.ts";

/** What keeps the instances that workers have at once within a workflow's limit: a place each, which one lease can have. */
export interface SlotStore {
  /** Takes a place if it is free, or this very taking has it already. */
  takeSlot(slot: Slot): Promise<"taken" | "held">;

  /** Gives a place back that was taken for a lease which was not granted. Without effect when it is another's by now. */
  dropSlot(slot: Slot): Promise<void>;

  /** Gives the place of a lease back that has ended. Returns which; null when it had none. */
  freeSlot(workflow: WorkflowName, holder: SlotHolder): Promise<number | null>;

  /** The places of a workflow that are taken, in order. */
  slots(workflow: WorkflowName): Promise<readonly Slot[]>;

  /** Instances of a workflow that workers have, by name, after a name's id for the next page. */
  leasedIn(workflow: WorkflowName, after: string, limit: number): Promise<readonly LeasedHead[]>;

  /** How many instances workers have, of all workflows; counts no further than `limit`. */
  countLeased(limit: number): Promise<number>;
}

/** A lease that counts towards its workflow's limit. */
export interface SlotHolder {
  readonly id: string;
  readonly uid: string;
  readonly run: number;
  readonly epoch: number;
}

export interface Slot {
  readonly workflow: WorkflowName;
  /** From 0. */
  readonly place: number;
  readonly holder: SlotHolder;
  /** Made for each taking: two replicas may want to grant the same lease, and one of them will not. */
  readonly token: string;
  readonly takenAt: EpochMs;
}
