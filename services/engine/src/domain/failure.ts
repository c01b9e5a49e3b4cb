import { FAILURE_TEXT_MAX, PAYLOAD_BYTES_MAX } from "./limits.ts";
import { payloadBytes, type Payload } from "./payload.ts";

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

/** What the handlers of a rollback are told when a caller ended the instance. */
export const TERMINATED: Failure = {
  name: "Terminated",
  message: "Instance terminated during rollback",
  stack: null,
  details: null,
};

/** Cuts texts that nobody would read to their end, and leaves out details heavier than a payload may be: a failure is never refused. */
export function boundedFailure({ name, message, stack, details }: Failure): Failure {
  return {
    name: name.slice(0, FAILURE_TEXT_MAX),
    message: message.slice(0, FAILURE_TEXT_MAX),
    stack: stack?.slice(0, FAILURE_TEXT_MAX) ?? null,
    details: details === null || payloadBytes(details) > PAYLOAD_BYTES_MAX ? null : details,
  };
}
