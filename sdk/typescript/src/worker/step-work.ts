import type { WorkflowDelayFunction, WorkflowStepContext, WorkflowStepRollbackOptions } from "../workflow-step.ts";
import type { StepCallback } from "./attempt.ts";
import type { StepPolicy } from "./step-policy.ts";

/** What undoes a step, its arguments checked. */
export interface RollbackWork {
  readonly handler: WorkflowStepRollbackOptions["rollback"];
  readonly resolved: Pick<StepWork, "policy" | "delay" | "config">;
}

/** What a call of `step.do` asks for, its arguments checked. */
export interface StepWork {
  readonly callback: StepCallback;
  /** What the live code says; a journaled policy takes precedence. */
  readonly policy: StepPolicy;
  readonly delay: WorkflowDelayFunction | null;
  /** The config as the callback sees it. */
  readonly config: WorkflowStepContext["config"];
  /** What undoes the step; null when nothing does. */
  readonly rollback: RollbackWork | null;
}
