import type { WorkflowDelayFunction, WorkflowStepContext } from "../workflow-step.ts";
import type { StepCallback } from "./attempt.ts";
import type { StepPolicy } from "./step-policy.ts";

/** What a call of `step.do` asks for, its arguments checked. */
export interface StepWork {
  readonly callback: StepCallback;
  /** What the live code says; a journaled policy takes precedence. */
  readonly policy: StepPolicy;
  readonly delay: WorkflowDelayFunction | null;
  /** The config as the callback sees it. */
  readonly config: WorkflowStepContext["config"];
}
