import type { WorkflowBackoff } from "../../workflow-step.ts";

/** What an attempt, a rollback or an instance failed with. */
export interface WorkflowInstanceEventError {
  readonly name: string;
  readonly message: string;
}

/** The config that holds for all attempts of a step, defaults filled in, times in ms. */
export interface WorkflowInstanceEventConfig {
  readonly retries: {
    /** Retries after the first attempt. */
    readonly limit: number;
    /** "[dynamic]" when a function computes it. */
    readonly delay: number | "[dynamic]";
    readonly backoff: WorkflowBackoff;
  };
  /** Of one attempt. */
  readonly timeout: number;
  /** "output": the result is shown as "[REDACTED]". */
  readonly sensitive?: "output";
}

type Step = {
  /** The name and the how-many-th use of it: "charge-2". */
  readonly stepName: string;
};
type StepStarted = Step & { readonly config?: WorkflowInstanceEventConfig };
type Attempt = Step & {
  /** From 1. */
  readonly attempt: number;
};
type AttemptErrored = Attempt & {
  readonly error: WorkflowInstanceEventError;
  /** After how long the next attempt starts. Absent: there is none. */
  readonly retryDelayMs?: number;
};

/** What each type of event says besides its type. */
export interface WorkflowInstanceEventFields {
  workflow_queued: object;
  workflow_started: { readonly params?: unknown };
  workflow_running: object;
  workflow_paused: object;
  workflow_waiting_for_pause: object;
  workflow_waiting: object;
  workflow_completed: { readonly output?: unknown };
  workflow_errored: { readonly error: WorkflowInstanceEventError };
  workflow_terminated: object;
  step_started: StepStarted;
  step_completed: Step & { readonly output?: unknown };
  step_errored: Step;
  attempt_started: Attempt;
  attempt_completed: Attempt;
  attempt_errored: AttemptErrored;
  sleep_started: Step & { readonly durationMs: number };
  sleep_completed: Step;
  wait_started: Step & {
    readonly eventType: string;
    /** More types that it takes as well. Absent when there are none. */
    readonly otherEventTypes?: readonly string[];
  };
  wait_completed: Step;
  wait_timed_out: Step;
  wait_cancelled: Step;
  rollback_started: object;
  rollback_step_started: StepStarted;
  rollback_step_completed: Step;
  rollback_step_errored: Step & { readonly error: WorkflowInstanceEventError };
  rollback_attempt_started: Attempt;
  rollback_attempt_completed: Attempt;
  rollback_attempt_errored: AttemptErrored;
  rollback_completed: object;
  rollback_errored: object;
}

export type WorkflowInstanceEventType = keyof WorkflowInstanceEventFields;

/** Something that happened to an instance. docs/events.md says when each type comes. */
export type WorkflowInstanceEvent = {
  [Type in WorkflowInstanceEventType]: {
    readonly instanceId: string;
    /** Its place in the run's history, from 1 without gaps; the same for everybody, always. */
    readonly eventId: number;
    /** When it happened, in ms since 1970. */
    readonly timestamp: number;
    readonly type: Type;
  } & WorkflowInstanceEventFields[Type];
}[WorkflowInstanceEventType];

/** Which events a subscription gives. */
export interface WorkflowInstanceSubscribeOptions {
  /** Only events after this `eventId`. Default 0: from the first. */
  readonly cursor?: number | undefined;
  /** Only events of these types; of none when empty. Default: all. The last event ends a subscription also when it is not among them. */
  readonly filter?: readonly WorkflowInstanceEventType[] | undefined;
}

/** Events of an instance, in order: those there are, then those that come. */
export interface WorkflowInstanceSubscription
  extends AsyncIterable<WorkflowInstanceEvent, void, undefined>, Disposable {
  /**
   * The next event, however long it takes to come; `done` for ever after workflow_completed, workflow_errored or
   * workflow_terminated. Calls made before the answer are served one by one.
   *
   * Its type has the events of the programming model, so that a handle of ours can stand where Cloudflare's types ask
   * for theirs; `wait_cancelled`, which is ours, comes too.
   *
   * @throws WorkflowError "instance.not_found" when the instance is gone; the subscription is over with the first error.
   */
  next(): Promise<IteratorResult<Exclude<WorkflowInstanceEvent, { readonly type: "wait_cancelled" }>, void>>;
  /** Ends the subscription; a `next` that waits is done. Leaving a `for await` does it too. */
  [Symbol.dispose](): void;
}
