import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { createExecutionContext, warnOfRejection } from "../cloudflare/execution-context.ts";
import { encodeFailure } from "../failure.ts";
import { encodeValue } from "../values/encode.ts";
import { NotSerialisableError } from "../values/errors.ts";
import type { WorkflowEvent } from "../workflow.ts";
import type { WorkflowStep } from "../workflow-step.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { Operation } from "./operation.ts";
import { decodePayload } from "./outcome.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

const NON_RETRYABLE_PREFIX = "NonRetryableError: ";

/** Constructs the workflow and calls its `run`, all before it returns. Rejects with whatever goes wrong. */
export async function callRun(
  { Workflow, env }: WorkflowDefinition,
  identity: InstanceIdentity,
  params: Payload | undefined,
  step: WorkflowStep,
): Promise<unknown> {
  const workflow = new Workflow(createExecutionContext(leftToItself), env);
  if (typeof (Workflow.prototype as { run?: unknown }).run !== "function") {
    throw new TypeError('The RPC receiver does not implement the method "run".');
  }
  return workflow.run(eventOf(identity, params), step);
}

/** Decoded anew for each pass. `params` is a synonym that copies of the event do not have. */
function eventOf(
  { createdAtMs, id, workflow, schedule }: InstanceIdentity,
  params: Payload | undefined,
): WorkflowEvent {
  const payload = decodePayload(params);
  const event = {
    timestamp: new Date(createdAtMs),
    payload,
    instanceId: id,
    workflowName: workflow,
    ...(schedule && { schedule: { ...schedule } }),
  };
  return Object.defineProperty(event, "params", { value: payload, writable: true }) as WorkflowEvent;
}

function leftToItself(promise: Promise<unknown>): void {
  promise.catch(warnOfRejection);
}

/** How an instance ends whose `run` returned. A value that cannot be stored makes it fail. */
export function endOfReturn(output: unknown): Operation {
  try {
    return { kind: "completeInstance", output: encodeValue(output) };
  } catch (error) {
    return endOfThrow(error instanceof NotSerialisableError ? cloneErrorOf(error) : error);
  }
}

export function endOfThrow(thrown: unknown): Operation {
  const failure = encodeFailure(thrown);
  // An error that came through another process may say its name in its message only.
  if (failure.message.startsWith(NON_RETRYABLE_PREFIX)) {
    failure.name = "NonRetryableError";
    failure.message = failure.message.slice(NON_RETRYABLE_PREFIX.length);
  }
  return { kind: "failInstance", failure };
}

/** Only a step's result is fatal: `run` is over anyway, and the model has one name for what it cannot return. */
function cloneErrorOf(error: NotSerialisableError): DOMException {
  return new DOMException(error.message, "DataCloneError");
}
