/** Which step: its name, and which use of the name it is, from 1. Default the first. */
export interface WorkflowStepSelector {
  readonly name: string;
  readonly index?: number | undefined;
}

/**
 * Changes what the steps, sleeps and waits of an instance give. What is changed stays so over restarts.
 *
 * A mocked step is journaled like any other, attempts and retries included; only its callback is not called.
 */
export interface WorkflowInstanceModifier {
  /** Lets sleeps end at once: all, or these. Their journaled durations are as in the code. */
  disableSleeps(steps?: readonly WorkflowStepSelector[]): Promise<void>;
  /** Lets retries follow at once: those of all steps, or of these. The journal keeps the delays of the code. */
  disableRetryDelays(steps?: readonly WorkflowStepSelector[]): Promise<void>;
  /**
   * Gives a step's result in place of its callback: after the failures that were mocked for it, if any. A stream is read
   * whole before this resolves.
   * @throws TypeError for a stream that was read before or gives what are no bytes; Error when the step's result is mocked already.
   */
  mockStepResult(step: WorkflowStepSelector, stepResult: unknown): Promise<void>;
  /**
   * Lets a step's attempts throw. Calls for the same step add up: two and then one fail the first three.
   *
   * @param times How many attempts. Left out: all of them.
   * @throws Error when the step's result is mocked already.
   */
  mockStepError(step: WorkflowStepSelector, error: Error, times?: number): Promise<void>;
  /** Lets a step's attempts time out at once: as `mockStepError` with a `WorkflowTimeoutError`. */
  forceStepTimeout(step: WorkflowStepSelector, times?: number): Promise<void>;
  /** Sends an event when the instance waits for its type; in the order of the calls, and again after a restart. */
  mockEvent(event: { readonly type: string; readonly payload?: unknown }): Promise<void>;
  /** Lets a `step.waitForEvent` time out at once. The error tells the timeout of the code. */
  forceEventTimeout(step: WorkflowStepSelector): Promise<void>;
}

/** What `modify` and `modifyAll` take. */
export type ModifierCallback = (modifier: WorkflowInstanceModifier) => unknown;
