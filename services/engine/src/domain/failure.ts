import { FAILURE_TEXT_MAX } from "./limits.ts";
import type { Payload } from "./payload.ts";

/** Why work failed, as it is stored. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  /** The error's own properties and cause, in the worker's encoding. */
  readonly details: Payload | null;
}

/** What an attempt has failed with when its worker was never heard of again. */
export const LOST_ATTEMPT: Failure = {
  name: "WorkflowInternalError",
  message: "Attempt failed due to internal workflows error",
  stack: null,
  details: null,
};

/** Cuts texts that nobody would read to their end. */
export function boundedFailure(failure: Failure): Failure {
  const fits = failure.message.length <= FAILURE_TEXT_MAX && (failure.stack?.length ?? 0) <= FAILURE_TEXT_MAX;
  if (fits) return failure;
  return {
    ...failure,
    message: failure.message.slice(0, FAILURE_TEXT_MAX),
    stack: failure.stack?.slice(0, FAILURE_TEXT_MAX) ?? null,
  };
}
