/**
 * What `import … from "cloudflare:workers"` gives in a worker of ours.
 *
 * Workflows need the first three, a project's handlers the next. The other bases exist so that a module that also
 * defines them loads: nothing calls them here.
 */
import type { ExecutionContext } from "../workflow.ts";
import { warnOfRejection } from "./execution-context.ts";

export { env, withEnv } from "./env.ts";
export { exports } from "./exports.ts";
export { WorkflowEntrypoint } from "../workflow.ts";
export type { WorkflowCronSchedule, WorkflowEvent } from "../workflow.ts";
export { WorkflowStep } from "../workflow-step.ts";
export type {
  WorkflowBackoff,
  WorkflowDelayFunction,
  WorkflowStepConfig,
  WorkflowStepContext,
  WorkflowStepEvent,
  WorkflowStepRollbackOptions,
} from "../workflow-step.ts";
export type { Duration as WorkflowSleepDuration, Duration as WorkflowTimeoutDuration } from "../duration.ts";
export type { WorkflowInstanceStatus } from "../workflow-binding.ts";

/** Marks objects that only make sense where they are: a step cannot return one. */
export const RPC_TARGET = Symbol.for("perdure.RpcTarget");

/** Base of objects passed by reference. */
export abstract class RpcTarget {
  static {
    Object.defineProperty(this.prototype, RPC_TARGET, { value: true });
  }
}

/** Base of services of the same module; as its default export, of what answers requests (`perdure dev`). */
// oxlint-disable-next-line typescript/no-explicit-any -- `this.env.X` without a type parameter must compile
export abstract class WorkerEntrypoint<Env = any, Props = object> {
  protected ctx: ExecutionContext<Props>;
  protected env: Env;

  constructor(ctx: ExecutionContext<Props>, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }
}

/** Base of durable objects of the same module. */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export abstract class DurableObject<Env = any> {
  protected ctx: unknown;
  protected env: Env;

  constructor(ctx: unknown, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }
}

/** Lets a promise go on by itself. A rejection is a warning of the process, not its end. */
export function waitUntil(promise: Promise<unknown>): void {
  promise.catch(warnOfRejection);
}
