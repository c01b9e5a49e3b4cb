import type { Duration } from "./duration.ts";
import type { Delivered } from "./workflow.ts";

/** How the delay before attempt k + 1 follows from the base: the base, base × k, or base × 2^(k-1). */
export type WorkflowBackoff = "constant" | "linear" | "exponential";

/**
 * Computes the base delay anew after each failed attempt that has a retry left. It has 5 seconds to answer.
 *
 * If it throws, is late or gives no duration, there is no retry: the step fails with `NonRetryableDelayError`.
 *
 * @example
 * const delay: WorkflowDelayFunction = ({ error }) => (error.message === "busy" ? "1 minute" : "1 second");
 */
export type WorkflowDelayFunction = (input: {
  readonly ctx: WorkflowStepContext;
  readonly error: Error;
}) => Duration | Promise<Duration>;

/**
 * How often and how long a step is tried.
 *
 * Keys that are given replace defaults one by one. The config first used for a step is journaled with it:
 * another one given on a replay is ignored (a delay function is taken from the live code).
 *
 * @example
 * const config: WorkflowStepConfig = { retries: { limit: 3, delay: "5 seconds", backoff: "linear" }, timeout: "1 minute" };
 */
export interface WorkflowStepConfig {
  /** Default: 5 retries, 10 seconds, exponential. */
  readonly retries?:
    | {
        /** Retries after the first attempt: 0 means one attempt. At most 10,000. */
        readonly limit: number;
        /** Base of the delay between attempts. At most 365 days. */
        readonly delay: Duration | WorkflowDelayFunction;
        /** Default "exponential". */
        readonly backoff?: WorkflowBackoff | undefined;
      }
    | undefined;
  /** How long one attempt may take. Default 10 minutes; at most 365 days. */
  readonly timeout?: Duration | undefined;
  /** "output" hides the result in logs and listings. `run` gets the real value. */
  readonly sensitive?: "output" | undefined;
}

/** What a step's callback gets. */
export interface WorkflowStepContext {
  readonly step: {
    readonly name: string;
    /** Which use of the name this is in `run`, from 1. */
    readonly count: number;
  };
  /** Which try this is, from 1. */
  readonly attempt: number;
  /** The config with defaults filled in. With a delay function, `retries.delay` is left out. */
  readonly config: {
    readonly retries: { readonly limit: number; readonly delay?: Duration; readonly backoff: WorkflowBackoff };
    readonly timeout: Duration;
    readonly sensitive?: "output";
  };
  /** The same over all attempts of this step in this run: give it to services that drop repeated requests. */
  readonly idempotencyKey: string;
  /** Aborts when the result is no longer wanted: time-out, terminate, lease lost. */
  readonly signal: AbortSignal;
}

/** What `waitForEvent` gives: the whole event. */
// oxlint-disable-next-line typescript/no-explicit-any -- `event.payload.x` without a type parameter must compile
export interface WorkflowStepEvent<T = any> {
  readonly payload: Delivered<T>;
  /** When it was sent. */
  readonly timestamp: Date;
  readonly type: string;
}

/** The type of an event; or 1 to 100 different ones, of which the first to come ends the wait. */
export type WorkflowEventTypes = string | readonly string[];

/** Which event to wait for. `event` is another name for `type`: give one of them. */
export type WorkflowWaitOptions = ({ readonly type: WorkflowEventTypes } | { readonly event: WorkflowEventTypes }) & {
  /** From 1 second to 365 days. Default 24 hours. */
  readonly timeout?: Duration | undefined;
  /**
   * Ends the wait when it fires: the promise rejects with its reason, and the event is left for the next wait.
   * Fire it from `run` itself, where that follows from what steps gave: a timer of the process is none (docs/waiting.md).
   */
  readonly signal?: AbortSignal | undefined;
};

/**
 * How a step is undone when `run` throws, or its instance is terminated with a rollback.
 *
 * Every step with a handler that was started is undone, whether it succeeded, failed or was in flight: the one that
 * started last first, one after the other. A handler is called at least once, and tried again like a step. The first one
 * that fails for good ends the rollback; the instance's error stays what it was. Steps are not possible in a handler.
 *
 * @example
 * await step.do("charge", async (ctx) => charge(order, ctx.idempotencyKey), {
 *   rollback: async ({ ctx, output }) => {
 *     if (output?.status === 200) await charge({ ...order, refund: true }, ctx.idempotencyKey);
 *   },
 *   rollbackConfig: { retries: { limit: 3, delay: "5 seconds" } },
 * });
 */
export interface WorkflowStepRollbackOptions<T = unknown> {
  readonly rollback: (input: {
    /**
     * The step's own: name, count, config, and the attempt that it had reached. `idempotencyKey` and `signal` are those of
     * the rollback, so that a service does not take the undoing for a repetition of the work.
     */
    readonly ctx: WorkflowStepContext;
    /** What `run` threw; an error named "Terminated" when a caller ended the instance. */
    readonly error: Error;
    /** Undefined when the step failed or never ended. */
    readonly output: T | undefined;
    /** "charge-1". @deprecated Use `ctx.step`. */
    readonly stepName: string;
  }) => Promise<void> | void;
  /** Of the handler. Default: 5 retries, 10 seconds, exponential; 10 minutes an attempt. */
  readonly rollbackConfig?: Pick<WorkflowStepConfig, "retries" | "timeout"> | undefined;
}

/** The durable units of a workflow. `run` gets one; a result in the journal is returned without doing the work again. */
export abstract class WorkflowStep {
  /**
   * Does a piece of work once: runs the callback, retries it by the config, and journals its result.
   *
   * The callback runs at least once; overlapping attempts are possible after a crash, one of them counts.
   *
   * @param name 1st part of the step's key; the 2nd is how many times the name was used so far in `run`.
   * @returns A copy of what the callback gave: any structured-cloneable value up to 1 MiB (docs/values.md).
   * @throws What the last attempt threw; `WorkflowFatalError` for bad arguments; `WorkflowTimeoutError`.
   * @example
   * const user = await step.do("load user", async () => users.get(event.payload.userId));
   */
  abstract do<T>(
    name: string,
    callback: (ctx: WorkflowStepContext) => Promise<T> | T,
    rollbackOptions?: WorkflowStepRollbackOptions<T>,
  ): Promise<T>;
  /**
   * The same with a config.
   *
   * @example
   * await step.do("charge", { retries: { limit: 2, delay: "1 second" } }, async (ctx) => charge(order, ctx.idempotencyKey));
   */
  abstract do<T>(
    name: string,
    config: WorkflowStepConfig | null | undefined,
    callback: (ctx: WorkflowStepContext) => Promise<T> | T,
    rollbackOptions?: WorkflowStepRollbackOptions<T>,
  ): Promise<T>;

  /**
   * Sleeps; the worker is free meanwhile. At most 365 days; 0 or less returns at once.
   *
   * @example
   * await step.sleep("let the dust settle", "3 days");
   */
  abstract sleep(name: string, duration: Duration): Promise<void>;

  /**
   * Sleeps until an instant, at most 365 days away.
   *
   * @param timestamp A Date, or ms since the epoch.
   * @throws Error when it is in the past and this sleep has not ended before.
   * @example
   * await step.sleepUntil("new year", Date.UTC(2027, 0, 1));
   */
  abstract sleepUntil(name: string, timestamp: Date | number): Promise<void>;

  /**
   * Waits for an event sent to this instance. One sent before the wait was reached is kept for it.
   *
   * @returns The whole event. With several types its `type` says which one came.
   * @throws WorkflowTimeoutError when none came in time; the signal's reason when it fires before; `WorkflowFatalError`
   *   for bad arguments.
   * @example
   * const approval = await step.waitForEvent<{ by: string }>("await approval", { type: "approved", timeout: "2 days" });
   * console.log(approval.payload.by);
   *
   * const answer = await step.waitForEvent("await an answer", { type: ["approved", "rejected"] });
   * if (answer.type === "rejected") return "rejected";
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- see WorkflowStepEvent
  abstract waitForEvent<T = any>(name: string, options: WorkflowWaitOptions): Promise<WorkflowStepEvent<T>>;
}
