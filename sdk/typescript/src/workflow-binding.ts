import type { WorkflowInstanceSubscribeOptions, WorkflowInstanceSubscription } from "./client/subscription/event.ts";
import type { Duration } from "./duration.ts";

/** What an instance is doing. Finite: complete, errored, terminated. */
export type WorkflowInstanceStatus =
  "queued" | "running" | "paused" | "errored" | "terminated" | "complete" | "waiting" | "waitingForPause" | "unknown";

/** Answer of `status()`. */
export interface InstanceStatus {
  readonly status: WorkflowInstanceStatus;
  /** Why it ended. Only on an errored instance. */
  readonly error?: { readonly name: string; readonly message: string };
  /** The JSON form of what `run` returned (docs/values.md); null until complete, or when it returned nothing. */
  readonly output?: unknown;
  /** How the rollback went; null without one, and while it is under way: the instance is "running" then. */
  readonly rollback?: WorkflowRollbackStatus | null;
}

/** How a rollback went. */
export interface WorkflowRollbackStatus {
  /** "complete" when every step was undone, "failed" when one could not be: those before it were left as they are. */
  readonly outcome: "complete" | "failed";
  /** What the handler failed with; `Terminated` when the rollback was cut short by another `terminate()`. */
  readonly error: { readonly name: string; readonly message: string } | null;
}

/** Options of `terminate`. */
export interface WorkflowInstanceTerminateOptions {
  /** Whether steps with a rollback handler are undone first. Default false. */
  readonly rollback?: boolean | undefined;
}

/** Options of `create`. */
export interface WorkflowInstanceCreateOptions<Params = unknown> {
  /** 1 to 100 letters, digits, "_" and, not first, "-". Default: a new UUID. */
  readonly id?: string;
  /** What `run` finds as `event.payload`: any structured-cloneable value up to 1 MiB. Default `{}`. */
  readonly params?: Params;
  /** How long the instance is kept after its end. */
  readonly retention?: {
    /** After complete and terminated. A positive number of ms, or a text. */
    readonly successRetention?: Duration;
    /** After errored. */
    readonly errorRetention?: Duration;
  };
}

/** Options of `createBatch`: so many alike, or these. 1 to 100. */
export type WorkflowInstanceCreateBatchOptions<Params = unknown> =
  | ({ readonly count: number } & Omit<WorkflowInstanceCreateOptions<Params>, "id">)
  | { readonly instances: readonly WorkflowInstanceCreateOptions<Params>[] };

/** Answer of `createBatch`. */
export interface WorkflowInstanceCreateBatchResult {
  /** Handles, in the order of the input. */
  readonly created: WorkflowInstance[];
  /** Those that were not made: code 10405 id taken, 10415 id repeated in the batch. */
  readonly errors: {
    readonly index: number;
    readonly id?: string;
    readonly code: number;
    readonly message: string;
  }[];
}

/** Answer of `deleteBatch`: one entry a position, in one list or the other. */
export interface WorkflowInstanceDeleteBatchResult {
  readonly deleted: { readonly id: string }[];
  /** Those that were not there: code 10400. */
  readonly errors: { readonly id: string; readonly code: number; readonly message: string }[];
}

/** Where `restart` begins: at this step; what started earlier answers from the journal. */
export interface WorkflowInstanceRestartOptions {
  readonly from?: {
    /** As written in the code, without the count. */
    readonly name: string;
    /** Which use of the name, from 1. Default 1. */
    readonly count?: number;
    /** Default "do". */
    readonly type?: "do" | "sleep" | "waitForEvent";
  };
}

/**
 * A handle on one instance. It keeps working over restarts.
 *
 * All methods throw `WorkflowError` with code "instance.not_found" once the instance is gone.
 *
 * @example
 * const instance = await env.ORDERS.get("order-7");
 * if ((await instance.status()).status === "paused") await instance.resume();
 */
export interface WorkflowInstance {
  readonly id: string;
  status(): Promise<InstanceStatus>;
  /** Pauses when the steps in flight have ended; clocks stand still until `resume`. No effect on a finished instance. */
  pause(): Promise<void>;
  /** Ends a pause, or takes a pending one back. No effect otherwise. */
  resume(): Promise<void>;
  /**
   * Ends the instance; code in flight is cut off. With `rollback` it ends when its steps were undone, and this returns
   * before.
   *
   * @throws WorkflowError "instance.cannot_terminate" when it is finished.
   */
  terminate(options?: WorkflowInstanceTerminateOptions): Promise<void>;
  /**
   * Starts it anew, in any state, with the same id, params and timestamp. From a step: what started before that step answers
   * from the journal; what started later is gone, and so are events that no earlier wait was given.
   *
   * Code of the instance itself does not go on after it.
   *
   * @throws WorkflowError "instance.cannot_restart" when the run has not started the step; nothing changes then.
   *
   * @example
   * await instance.restart({ from: { name: "charge" } });
   */
  restart(options?: WorkflowInstanceRestartOptions): Promise<void>;
  /**
   * Removes it, whatever it is doing: code in flight is cut off, nothing is rolled back, and its id is free. Code of the
   * instance itself does not go on after it.
   */
  delete(): Promise<void>;
  /**
   * Sends an event to `step.waitForEvent`; kept until a wait for its type takes it.
   *
   * @example
   * await instance.sendEvent({ type: "approved", payload: { by: "Ada" } });
   */
  sendEvent(event: { readonly type: string; readonly payload?: unknown }): Promise<void>;
  /**
   * Follows the instance: its events so far, then those that come, until its end (docs/events.md).
   *
   * @throws Error `Invalid Workflow subscription options`.
   *
   * @example
   * const events = await instance.subscribe({ filter: ["step_completed", "workflow_completed"] });
   * for await (const event of events) console.log(event.eventId, event.type);
   */
  subscribe(options?: WorkflowInstanceSubscribeOptions): Promise<WorkflowInstanceSubscription>;
}

/**
 * A workflow as its callers see it: what a binding in `env` is.
 *
 * @example
 * const instance = await env.ORDERS.create({ id: "order-7", params: { sku: "A-1" } });
 * console.log(instance.id, (await instance.status()).status);
 */
export interface Workflow<Params = unknown> {
  /** Records a new instance and returns; does not wait for `run`. @throws WorkflowError "instance.already_exists". */
  create(options?: WorkflowInstanceCreateOptions<Params>): Promise<WorkflowInstance>;
  /** Creates up to 100 at once. An invalid entry fails all; ids that exist are reported one by one. */
  createBatch(options: WorkflowInstanceCreateBatchOptions<Params>): Promise<WorkflowInstanceCreateBatchResult>;
  /** @deprecated Give `{ instances }`. This form leaves existing ids out silently. */
  createBatch(batch: readonly WorkflowInstanceCreateOptions<Params>[]): Promise<WorkflowInstance[]>;
  /**
   * Deletes up to 100 at once, as `delete` does. An id that cannot be fails all; those that are not there are reported one
   * by one.
   */
  deleteBatch(ids: readonly string[]): Promise<WorkflowInstanceDeleteBatchResult>;
  /** @throws Error `instance.not_found` when there is none. */
  get(id: string): Promise<WorkflowInstance>;
}
