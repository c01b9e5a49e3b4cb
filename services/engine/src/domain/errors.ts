/** Why a call was refused. Part of the API: clients test the reason, never the text. */
export type ErrorReason =
  | "INVALID_FIELD"
  | "INSTANCE_NOT_FOUND"
  | "INSTANCE_EXISTS"
  | "STEP_NOT_FOUND"
  | "BLOB_NOT_FOUND"
  | "WORKFLOW_NOT_FOUND"
  | "INVALID_TRANSITION"
  | "JOURNAL_MISMATCH"
  | "JOURNAL_CONFLICT"
  | "LEASE_LOST"
  | "SESSION_LOST"
  | "LIMIT_EXCEEDED"
  | "STORE_UNAVAILABLE"
  | "SHUTTING_DOWN"
  | "CORRUPT_DOCUMENT";

/** An expected refusal. Anything else that is thrown is a bug. */
export class EngineError extends Error {
  readonly reason: ErrorReason;
  /** Facts for programs; a limit's key ends in its unit: `limitBytes`. `retryDelayMs`: when the same may go well. */
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    reason: ErrorReason,
    message: string,
    metadata: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "EngineError";
    this.reason = reason;
    this.metadata = metadata;
  }
}

export function isRefusal(error: unknown, reason: ErrorReason): boolean {
  return error instanceof EngineError && error.reason === reason;
}
