import type { Payload } from "../../../gen/perdure/v1/payload_pb.ts";
import type { StepConfig, StepKey } from "../../../gen/perdure/v1/step_pb.ts";
import { WorkflowInternalError } from "../../errors.ts";
import { stepLabel } from "../../names.ts";
import { decodeValue } from "../../values/decode.ts";
import { keyText } from "../../worker/step-key.ts";
import { policyFromWire } from "../../worker/step-policy.ts";
import type { WorkflowInstanceEventConfig, WorkflowInstanceEventError } from "./event.ts";

/** What events say of a step: "charge-2". */
export function labelOf(key: StepKey | undefined): string {
  const { name, count } = present(key);
  return stepLabel(name, count);
}

/** One text a step, for maps: a sleep may have the label of a step. */
export function keyTextOf(key: StepKey | undefined): string {
  return keyText(present(key));
}

/** @throws CorruptPayloadError for a value that cannot be read. */
export function valueOf(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : decodeValue(payload);
}

/** What events show of a failure. */
export function errorOf(failure: WorkflowInstanceEventError | undefined): WorkflowInstanceEventError {
  return { name: failure?.name ?? "Error", message: failure?.message ?? "" };
}

export function configOf(config: StepConfig): WorkflowInstanceEventConfig {
  const { retryLimit, retryDelayMs, backoff, timeoutMs, dynamicDelay, sensitive } = policyFromWire(config);
  return {
    retries: { limit: retryLimit, delay: dynamicDelay ? "[dynamic]" : retryDelayMs, backoff },
    timeout: timeoutMs,
    ...(sensitive && { sensitive: "output" }),
  };
}

function present(key: StepKey | undefined): StepKey {
  if (key === undefined) throw new WorkflowInternalError("A journal entry does not say which step it is of");
  return key;
}
