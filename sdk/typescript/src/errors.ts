/**
 * A mistake that no retry can mend: bad arguments of a step, a limit, a value that cannot be stored.
 *
 * Thrown by the `step.*` call itself, so `run` can catch it; nothing is journaled.
 */
export class WorkflowFatalError extends Error {
  override name = "WorkflowFatalError";

  /** A rollback handler asked for a step. */
  static stepInRollback(): WorkflowFatalError {
    return new WorkflowFatalError("Cannot execute steps during rollback phase");
  }
}

/** An attempt, or a wait for an event, took longer than it was given. */
export class WorkflowTimeoutError extends Error {
  override name = "WorkflowTimeoutError";

  /** @param timeoutMs The time it was given, in ms. */
  constructor(timeoutMs: number) {
    super(`Execution timed out after ${timeoutMs}ms`);
  }
}

/** Something on the engine's side went wrong: a lost attempt, a stored value that cannot be read. */
export class WorkflowInternalError extends Error {
  override name = "WorkflowInternalError";

  /** What the journal says of an attempt whose worker was lost. */
  static attemptLost(): WorkflowInternalError {
    return new WorkflowInternalError("Attempt failed due to internal workflows error");
  }
}

/** A step's delay function gave no usable delay, so there is no retry. */
export class NonRetryableDelayError extends Error {
  override name = "NonRetryableDelayError";

  /** The function threw, or rejected. @param step The step as "name-count". */
  static threw(step: string, error: unknown): NonRetryableDelayError {
    const message = error instanceof Error ? error.message : String(error);
    return new NonRetryableDelayError(`The delay function for step "${step}" threw an error: ${message}`);
  }

  /** The function took longer than its 5 seconds. @param step The step as "name-count". */
  static late(step: string): NonRetryableDelayError {
    return new NonRetryableDelayError(`The delay function for step "${step}" did not return within 5 seconds`);
  }

  /** The function's answer is not a duration, or a negative one. @param step The step as "name-count". */
  static invalid(step: string): NonRetryableDelayError {
    return new NonRetryableDelayError(
      `The delay function for step "${step}" returned an invalid delay value (expected a number of ms or a duration string like "30 seconds")`,
    );
  }
}

/**
 * A call on a workflow or an instance was refused.
 *
 * @example
 * await env.ORDERS.create({ id: "order-7" }).catch((error) => {
 *   if (!(error instanceof WorkflowError && error.code === "instance.already_exists")) throw error;
 * });
 */
export class WorkflowError extends Error {
  override name = "WorkflowError";
  /** Why, for programs: "instance.not_found", "instance.already_exists", "body" … */
  readonly code: string;

  constructor(code: string, text: string) {
    super(`(${code}) ${text}`);
    this.code = code;
  }
}
