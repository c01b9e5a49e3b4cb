import type { Rehearsal } from "./rehearsal.ts";
import type { WorkflowClass } from "../workflow.ts";

/** A workflow that this worker can run. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly Workflow: WorkflowClass;
  readonly env: unknown;
  readonly rehearsal: Rehearsal;
  /**
   * Whether a `run` of it was seen to go on by itself, without a step's outcome: it awaits something outside of
   * steps. Such a run is given a moment before it is parked, since a parked one cannot report.
   */
  awaitsOutside: boolean;
}
