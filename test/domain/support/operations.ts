import type { Failure } from "../../../services/engine/src/domain/failure.ts";
import type { Operation, SleepEnd } from "../../../services/engine/src/domain/operation.ts";
import type { Payload } from "../../../services/engine/src/domain/payload.ts";
import type { StepConfig, StepKey } from "../../../services/engine/src/domain/step.ts";

/** Two retries, ten seconds apart. */
export const CONFIG: StepConfig = {
  retryLimit: 2,
  retryDelayMs: 10_000,
  backoff: "constant",
  timeoutMs: 60_000,
  dynamicDelay: false,
  sensitive: false,
  rollback: false,
};

export const FAILURE: Failure = { name: "Error", message: "no", stack: null, details: null };

export function json(value: unknown): Payload {
  return { form: "json", text: JSON.stringify(value) };
}

export function aDo(name: string, count = 1): StepKey {
  return { kind: "do", name, count };
}

export function aSleep(name: string, count = 1): StepKey {
  return { kind: "sleep", name, count };
}

export function aWait(name: string, count = 1): StepKey {
  return { kind: "wait", name, count };
}

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

export function start(name: string, also: Partial<Of<"startStep">> = {}): Operation {
  const usual = { attempt: 1, config: CONFIG, alreadyRunning: false, runningForMs: 0 };
  return { kind: "startStep", key: aDo(name), ...usual, ...also };
}

export function complete(name: string, output: Payload = json(name), attempt = 1): Operation {
  return { kind: "completeStep", key: aDo(name), attempt, output };
}

export function fail(name: string, also: Partial<Of<"failStep">> = {}): Operation {
  return { kind: "failStep", key: aDo(name), attempt: 1, failure: FAILURE, final: false, retryDelayMs: null, ...also };
}

export function sleep(name: string, end: number | SleepEnd): Operation {
  return { kind: "startSleep", key: aSleep(name), end: typeof end === "number" ? { afterMs: end } : end };
}

export function wait(name: string, eventType: string, timeoutMs = 60_000): Operation {
  return { kind: "startWait", key: aWait(name), eventType, otherEventTypes: [], timeoutMs };
}

export function deliver(key: StepKey): Operation {
  return { kind: "deliverOutcome", key };
}

export const COMPLETE: Operation = { kind: "completeInstance", output: json("done") };
export const FAIL: Operation = { kind: "failInstance", failure: FAILURE };
