import type {
  FailStep,
  Operation as OperationMessage,
  StartSleep,
  StartStep,
  StartWait,
} from "perdure/proto/perdure/v1/task_pb";
import { EngineError } from "../domain/errors.ts";
import type { Failure } from "../domain/failure.ts";
import type { Operation, SleepEnd } from "../domain/operation.ts";
import { DEFAULT_WAIT_MS } from "../domain/retry.ts";
import { failureFromMessage } from "./failure.ts";
import { outputFromMessage, payloadFromMessage } from "./payload.ts";
import { stepConfigFromMessage, stepKeyFromMessage } from "./step.ts";
import { durationFromMessage, timestampFromMessage } from "./time.ts";

/** @throws {EngineError} INVALID_FIELD or LIMIT_EXCEEDED, naming what is wrong below `field`. */
export function operationFromMessage({ operation }: OperationMessage, field: string): Operation {
  switch (operation.case) {
    case "startStep":
      return startStep(operation.value, `${field}.start_step`);
    case "completeStep": {
      const { key, attempt, output } = operation.value;
      const at = `${field}.complete_step`;
      const stepKey = stepKeyFromMessage(key, `${at}.key`);
      return { kind: "completeStep", key: stepKey, attempt, output: outputFromMessage(output, `${at}.output`) };
    }
    case "failStep":
      return failStep(operation.value, `${field}.fail_step`);
    case "startSleep":
      return startSleep(operation.value, `${field}.start_sleep`);
    case "startWait":
      return startWait(operation.value, `${field}.start_wait`);
    case "cancelWait":
      return { kind: "cancelWait", key: stepKeyFromMessage(operation.value.key, `${field}.cancel_wait.key`) };
    case "deliverOutcome":
      return { kind: "deliverOutcome", key: stepKeyFromMessage(operation.value.key, `${field}.deliver_outcome.key`) };
    case "completeInstance": {
      const output = payloadFromMessage(operation.value.output, `${field}.complete_instance.output`);
      return { kind: "completeInstance", output };
    }
    case "failInstance":
      return { kind: "failInstance", failure: failure(operation.value, `${field}.fail_instance`) };
    case undefined:
      throw new EngineError("INVALID_FIELD", `${field} reports nothing`, { field });
  }
}

function startStep(message: StartStep, field: string): Operation {
  const { key, attempt, config, alreadyRunning, runningFor } = message;
  return {
    kind: "startStep",
    key: stepKeyFromMessage(key, `${field}.key`),
    attempt,
    config: stepConfigFromMessage(config, `${field}.config`),
    alreadyRunning,
    runningForMs: runningFor === undefined ? 0 : durationFromMessage(runningFor, `${field}.running_for`),
  };
}

function failStep(message: FailStep, field: string): Operation {
  const { key, attempt, final, retryDelay } = message;
  return {
    kind: "failStep",
    key: stepKeyFromMessage(key, `${field}.key`),
    attempt,
    failure: failure(message, field),
    final,
    retryDelayMs: retryDelay === undefined ? null : durationFromMessage(retryDelay, `${field}.retry_delay`),
  };
}

function startSleep({ key, end }: StartSleep, field: string): Operation {
  return { kind: "startSleep", key: stepKeyFromMessage(key, `${field}.key`), end: sleepEnd(end, field) };
}

function sleepEnd(end: StartSleep["end"], field: string): SleepEnd {
  switch (end.case) {
    case "duration":
      return { afterMs: durationFromMessage(end.value, `${field}.duration`) };
    case "until":
      return { at: timestampFromMessage(end.value) };
    case undefined:
      throw new EngineError("INVALID_FIELD", `${field} has no end`, { field });
  }
}

function startWait({ key, eventType, otherEventTypes, timeout }: StartWait, field: string): Operation {
  return {
    kind: "startWait",
    key: stepKeyFromMessage(key, `${field}.key`),
    eventType,
    otherEventTypes,
    timeoutMs: timeout === undefined ? DEFAULT_WAIT_MS : durationFromMessage(timeout, `${field}.timeout`),
  };
}

function failure(message: Pick<FailStep, "failure">, field: string): Failure {
  if (message.failure !== undefined) return failureFromMessage(message.failure, `${field}.failure`);
  throw new EngineError("INVALID_FIELD", `${field} has no failure`, { field: `${field}.failure` });
}
