const NAME = "NonRetryableError";

/** Marks the class, so that a second copy of this package is recognised too. */
const BRAND = Symbol.for("perdure.NonRetryableError");

/**
 * Thrown in a step, it ends the step at once: no further attempt. Thrown in `run`, it ends the instance.
 *
 * `run` can catch it like any error of a step; it then sees an `Error` with this name and message.
 *
 * @example
 * await step.do("charge", async () => {
 *   const answer = await charge(order);
 *   if (answer.status === 402) throw new NonRetryableError("card refused");
 * });
 */
export class NonRetryableError extends Error {
  /** @param name Shown instead of "NonRetryableError". The error stays non-retryable whatever it is. */
  constructor(message: string, name: string = NAME) {
    super(message);
    this.name = name;
  }

  static {
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }
}

/**
 * Whether what was thrown forbids a retry: a {@link NonRetryableError} under any name, or an error that
 * says so in its name or at the start of its message, as errors do that came through another process.
 */
export function isNonRetryable(thrown: unknown): boolean {
  if (typeof thrown !== "object" || thrown === null) return false;
  const { name, message, [BRAND]: branded } = thrown as { name?: unknown; message?: unknown; [BRAND]?: unknown };
  return branded === true || name === NAME || (typeof message === "string" && message.startsWith(NAME));
}
