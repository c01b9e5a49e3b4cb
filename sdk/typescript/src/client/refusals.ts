import { ConnectError } from "@connectrpc/connect";
import { RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { WorkflowError } from "../errors.ts";
import { reasonOf } from "../transport-errors.ts";

/** What a call was about, for the words of its refusal. */
export type Action = "create" | "terminate" | "sendEvent" | "other";

/** The error that callers of a binding know for what the engine refused; anything else as it is. */
export function refusalOf(error: unknown, action: Action, id: string): unknown {
  switch (reasonOf(error)) {
    case "INSTANCE_NOT_FOUND":
      return notFound();
    case "INSTANCE_EXISTS":
      return new WorkflowError("instance.already_exists", `Workflow instance with id "${id}" already exists`);
    case "STEP_NOT_FOUND":
      return new WorkflowError("instance.cannot_restart", ConnectError.from(error).rawMessage);
    case "INVALID_TRANSITION":
      return transitionRefused(error, action);
    case "LIMIT_EXCEEDED":
      return limitExceeded(error);
    case "INVALID_FIELD":
      return new WorkflowError("body", ConnectError.from(error).rawMessage);
    case undefined:
    default:
      return error;
  }
}

/** Where the engine says when to try again, there was too much at once; otherwise what was given is too large. */
function limitExceeded(error: unknown): WorkflowError {
  const refusal = ConnectError.from(error);
  const [retry] = refusal.findDetails(RetryInfoSchema);
  return new WorkflowError(retry === undefined ? "body" : "workflow.limit_exceeded", refusal.rawMessage);
}

/** The instance was never there, or is gone. */
export function notFound(): WorkflowError {
  return new WorkflowError("instance.not_found", "Instance does not exist");
}

function transitionRefused(error: unknown, action: Action): WorkflowError {
  switch (action) {
    case "terminate":
      return new WorkflowError("instance.cannot_terminate", "Cannot terminate instance since its on a finite state");
    case "sendEvent":
      return new WorkflowError("instance.cannot_send_event", "Cannot send an event to an instance on a finite state");
    case "create":
    case "other":
      return new WorkflowError("instance.invalid_transition", ConnectError.from(error).rawMessage);
  }
}

/** A refusal whose text the model gives without its code. */
export function plainWorkflowError(code: string, text: string): WorkflowError {
  const error = new WorkflowError(code, text);
  error.message = text;
  return error;
}
