import type { WorkflowStep } from "./workflow-step.ts";

/** Marks the class, so that a second copy of this package is recognised too. */
const BRAND = Symbol.for("perdure.WorkflowEntrypoint");

/** Cron expression and time of an event that a schedule made. */
export interface WorkflowCronSchedule {
  readonly cron: string;
  /** When it was due, in ms since the epoch. */
  readonly scheduledTime: number;
}

/** A value as it is delivered. `Readonly<any>` would make every property an index signature. */
export type Delivered<T> = unknown extends T ? T : Readonly<T>;

/**
 * What `run` gets: the params of `create`, and what they belong to.
 *
 * It is delivered afresh on each replay: what `run` changes in it is lost on the next pass.
 *
 * @typeParam T Type of the params. `any` when left out, as examples do that do not name it.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- `event.payload.x` without a type parameter must compile
export interface WorkflowEvent<T = any> {
  /** The params given to `create`; `{}` when none were given. */
  readonly payload: Delivered<T>;
  /** Another name for `payload`. */
  readonly params: Delivered<T>;
  /** When the instance was created. Replays and restarts keep it. */
  readonly timestamp: Date;
  readonly instanceId: string;
  readonly workflowName: string;
  /** Only on instances that a cron schedule made. */
  readonly schedule?: WorkflowCronSchedule;
}

/** What the second base of Cloudflare's classes offers besides `env`. */
export interface ExecutionContext<Props = unknown> {
  /** Keeps the worker from stopping until the promise has settled. Its rejection is reported, not thrown. */
  waitUntil(promise: Promise<unknown>): void;
  /** Accepted and without effect: there is no origin to pass through to. */
  passThroughOnException(): void;
  readonly props: Props;
  /** The workflows that `exports` of a project's configuration names, by class. */
  // oxlint-disable-next-line typescript/no-explicit-any -- `ctx.exports.X.create()` must compile without a declaration
  readonly exports: any;
}

/**
 * Base of every workflow: a class whose `run` is executed from its first line whenever the instance needs
 * it again. Finished steps answer from the journal; code outside steps may run many times.
 *
 * @typeParam Env What `this.env` holds: whatever the worker was given, a bucket or a database client, say.
 * @typeParam Params Type of `event.payload`.
 * @example
 * export class Greet extends WorkflowEntrypoint<Env, { readonly name: string }> {
 *   async run(event: WorkflowEvent<{ readonly name: string }>, step: WorkflowStep) {
 *     const text = await step.do("compose", async () => `Hello ${event.payload.name}`);
 *     await step.sleep("let it rest", "10 seconds");
 *     return text;
 *   }
 * }
 */
// oxlint-disable-next-line typescript/no-explicit-any -- `this.env.X` without a type parameter must compile
export abstract class WorkflowEntrypoint<Env = any, Params = any> {
  protected ctx: ExecutionContext;
  protected env: Env;

  constructor(ctx: ExecutionContext, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }

  static {
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * The workflow itself. Must be a method: an arrow function in a property is not found.
   *
   * @returns The instance's output, by the rules of a step's result.
   */
  abstract run(event: Readonly<WorkflowEvent<Params>>, step: WorkflowStep): Promise<unknown>;
}

/** A class that extends {@link WorkflowEntrypoint}, by our types or by those of `@cloudflare/workers-types`. */
/* oxlint-disable typescript/no-explicit-any -- classes of any Env and Params; and what theirs are given has more than ours */
export type WorkflowClass = new (ctx: any, env: any) => { run(event: any, step: any): Promise<unknown> };
/* oxlint-enable typescript/no-explicit-any */

/** Whether a value is a class that extends `WorkflowEntrypoint`, of this copy of the package or another. */
export function isWorkflowClass(value: unknown): value is WorkflowClass {
  return typeof value === "function" && BRAND in value && !Object.hasOwn(value, BRAND);
}
