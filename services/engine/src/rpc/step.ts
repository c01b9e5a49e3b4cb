import { create } from "@bufbuild/protobuf";
import {
  Backoff as BackoffMessage,
  StepConfigSchema,
  StepKeySchema,
  StepKind as StepKindMessage,
  type StepConfig as StepConfigMessage,
  type StepKey as StepKeyMessage,
} from "perdure/proto/perdure/v1/step_pb";
import type { StepSelector } from "perdure/proto/perdure/v1/workflow_service_pb";
import { EngineError } from "../domain/errors.ts";
import { DEFAULT_STEP_CONFIG } from "../domain/retry.ts";
import type { Backoff, StepConfig, StepKey, StepKind } from "../domain/step.ts";
import { inverse } from "./inverse.ts";
import { durationFromMessage, durationToMessage } from "./time.ts";

const KIND_TO_MESSAGE = {
  do: StepKindMessage.DO,
  sleep: StepKindMessage.SLEEP,
  wait: StepKindMessage.WAIT,
  rollback: StepKindMessage.ROLLBACK,
} as const satisfies Record<StepKind, StepKindMessage>;
const KIND_FROM_MESSAGE = inverse(KIND_TO_MESSAGE);

const BACKOFF_TO_MESSAGE = {
  constant: BackoffMessage.CONSTANT,
  linear: BackoffMessage.LINEAR,
  exponential: BackoffMessage.EXPONENTIAL,
} as const satisfies Record<Backoff, BackoffMessage>;
const BACKOFF_FROM_MESSAGE = inverse(BACKOFF_TO_MESSAGE);

export function stepKeyToMessage({ kind, name, count }: StepKey): StepKeyMessage {
  return create(StepKeySchema, { kind: KIND_TO_MESSAGE[kind], name, count });
}

/** @throws {EngineError} INVALID_FIELD without a key, or without its kind. */
export function stepKeyFromMessage(message: StepKeyMessage | undefined, field: string): StepKey {
  const kind = message === undefined ? undefined : KIND_FROM_MESSAGE.get(message.kind);
  if (message === undefined || kind === undefined) {
    throw new EngineError("INVALID_FIELD", `${field} names no step`, { field });
  }
  return { kind, name: message.name, count: message.count };
}

/** The first use of a callback's step unless it says otherwise. */
export function selectedStep({ name, count = 1, kind }: StepSelector): StepKey {
  return { kind: KIND_FROM_MESSAGE.get(kind) ?? "do", name, count };
}

export function stepConfigToMessage(config: StepConfig): StepConfigMessage {
  return create(StepConfigSchema, {
    retryLimit: config.retryLimit,
    retryDelay: durationToMessage(config.retryDelayMs),
    backoff: BACKOFF_TO_MESSAGE[config.backoff],
    timeout: durationToMessage(config.timeoutMs),
    dynamicDelay: config.dynamicDelay,
    sensitive: config.sensitive,
    rollback: config.rollback,
  });
}

/** What is not set is as the programming model has it. */
export function stepConfigFromMessage(message: StepConfigMessage | undefined, field: string): StepConfig {
  if (message === undefined) return DEFAULT_STEP_CONFIG;
  const { retryLimit, retryDelay, backoff, timeout, dynamicDelay, sensitive, rollback } = message;
  return {
    retryLimit: retryLimit ?? DEFAULT_STEP_CONFIG.retryLimit,
    retryDelayMs:
      retryDelay === undefined
        ? DEFAULT_STEP_CONFIG.retryDelayMs
        : durationFromMessage(retryDelay, `${field}.retry_delay`),
    backoff: BACKOFF_FROM_MESSAGE.get(backoff) ?? DEFAULT_STEP_CONFIG.backoff,
    timeoutMs: timeout === undefined ? DEFAULT_STEP_CONFIG.timeoutMs : durationFromMessage(timeout, `${field}.timeout`),
    dynamicDelay,
    sensitive,
    rollback,
  };
}
