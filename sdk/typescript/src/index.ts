/**
 * Perdure: durable workflows. Define them with {@link WorkflowEntrypoint}, run them with {@link serve}, call
 * them with {@link createClient}.
 */
export type { Duration, DurationUnit } from "./duration.ts";
export {
  NonRetryableDelayError,
  WorkflowError,
  WorkflowFatalError,
  WorkflowInternalError,
  WorkflowTimeoutError,
} from "./errors.ts";
export { NonRetryableError } from "./errors-non-retryable.ts";
export {
  type ExecutionContext,
  type WorkflowClass,
  type WorkflowCronSchedule,
  WorkflowEntrypoint,
  type WorkflowEvent,
} from "./workflow.ts";
export {
  type WorkflowBackoff,
  type WorkflowDelayFunction,
  type WorkflowEventTypes,
  WorkflowStep,
  type WorkflowStepConfig,
  type WorkflowStepContext,
  type WorkflowStepEvent,
  type WorkflowStepRollbackOptions,
  type WorkflowWaitOptions,
} from "./workflow-step.ts";
export { CorruptPayloadError, NotSerialisableError, ValueTooLargeError } from "./values/errors.ts";
export * from "./client.ts";
export * from "./worker.ts";
