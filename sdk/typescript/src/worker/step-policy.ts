import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Backoff, type StepConfig, type StepConfigSchema } from "../../gen/perdure/v1/step_pb.ts";
import type { WorkflowBackoff } from "../workflow-step.ts";
import { durationOf } from "./wire-time.ts";

/** How a step's attempts are retried and timed out, in numbers. The first one journaled for a step holds. */
export interface StepPolicy {
  /** Retries after the first attempt: limit n allows n + 1 attempts. */
  readonly retryLimit: number;
  readonly retryDelayMs: number;
  readonly backoff: WorkflowBackoff;
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** A function in the live code computes the base delay anew for each failed attempt. */
  readonly dynamicDelay: boolean;
  /** Callers do not get to see the output. */
  readonly sensitive: boolean;
  /** The live code can undo the step. */
  readonly rollback: boolean;
}

/** What holds where a journal says nothing: the contract's defaults. */
const DEFAULT_POLICY: StepPolicy = {
  retryLimit: 5,
  retryDelayMs: 10_000,
  backoff: "exponential",
  timeoutMs: 600_000,
  dynamicDelay: false,
  sensitive: false,
  rollback: false,
};

const BACKOFFS = {
  constant: Backoff.CONSTANT,
  linear: Backoff.LINEAR,
  exponential: Backoff.EXPONENTIAL,
} as const satisfies Record<WorkflowBackoff, Backoff>;

export function policyToWire(policy: StepPolicy): MessageInitShape<typeof StepConfigSchema> {
  return {
    retryLimit: policy.retryLimit,
    retryDelay: durationOf(policy.retryDelayMs),
    backoff: BACKOFFS[policy.backoff],
    timeout: durationOf(policy.timeoutMs),
    dynamicDelay: policy.dynamicDelay,
    sensitive: policy.sensitive,
    rollback: policy.rollback,
  };
}

export function policyFromWire(config: StepConfig): StepPolicy {
  const { retryLimit, retryDelay, backoff, timeout, dynamicDelay, sensitive, rollback } = config;
  return {
    retryLimit: retryLimit ?? DEFAULT_POLICY.retryLimit,
    retryDelayMs: retryDelay === undefined ? DEFAULT_POLICY.retryDelayMs : durationMs(retryDelay),
    backoff: backoffOf(backoff),
    timeoutMs: timeout === undefined ? DEFAULT_POLICY.timeoutMs : durationMs(timeout),
    dynamicDelay,
    sensitive,
    rollback,
  };
}

function backoffOf(backoff: Backoff): WorkflowBackoff {
  if (backoff === Backoff.CONSTANT) return "constant";
  return backoff === Backoff.LINEAR ? "linear" : "exponential";
}

/** Whether two policies read the same in a config. */
export function samePolicy(a: StepPolicy, b: StepPolicy): boolean {
  return (
    a.retryLimit === b.retryLimit &&
    a.retryDelayMs === b.retryDelayMs &&
    a.backoff === b.backoff &&
    a.timeoutMs === b.timeoutMs &&
    a.dynamicDelay === b.dynamicDelay &&
    a.sensitive === b.sensitive
  );
}
