import type { WorkflowStepContext } from "../workflow-step.ts";
import { idempotencyKey, type InstanceIdentity } from "./instance-identity.ts";
import type { StartStep } from "./operation.ts";
import { samePolicy, type StepPolicy } from "./step-policy.ts";
import type { StepWork } from "./step-work.ts";

/** What the callback of an attempt gets: a new object for each. */
export function stepContext(
  instance: InstanceIdentity,
  { key, attempt, policy }: Pick<StartStep, "key" | "attempt" | "policy">,
  work: StepWork,
  signal: AbortSignal,
): WorkflowStepContext {
  return {
    step: { name: key.name, count: key.count },
    attempt,
    config: configOf(policy, work),
    idempotencyKey: idempotencyKey(instance, key),
    signal,
  };
}

/** The config in the words of the live code, unless the journal has another one from earlier code: then in ms. */
function configOf(policy: StepPolicy, work: StepWork): WorkflowStepContext["config"] {
  if (samePolicy(policy, work.policy)) return { ...work.config, retries: { ...work.config.retries } };
  const { retryLimit, retryDelayMs, backoff, timeoutMs, dynamicDelay, sensitive } = policy;
  return {
    retries: { limit: retryLimit, ...(!dynamicDelay && { delay: retryDelayMs }), backoff },
    timeout: timeoutMs,
    ...(sensitive && { sensitive: "output" }),
  };
}
