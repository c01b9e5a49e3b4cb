import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Failure } from "../../gen/perdure/v1/failure_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import type { OperationSchema } from "../../gen/perdure/v1/task_pb.ts";
import type { WaitCall } from "../step-config-wait.ts";
import { payloadBytes } from "../values/encode.ts";
import type { StepKey } from "./step-key.ts";
import { type StepPolicy, policyToWire } from "./step-policy.ts";
import { durationOf } from "./wire-time.ts";

/** The start of an attempt. Its callback may be called before the start is reported, once it is known that it will be. */
export interface StartStep {
  readonly kind: "startStep";
  readonly key: StepKey;
  attempt: number;
  readonly policy: StepPolicy;
  /** When the callback was called, in ms since 1970. Null: it waits for the report to be accepted. */
  calledAtMs: number | null;
}

export type SleepEnd = { readonly afterMs: number } | { readonly atMs: number };

/** One thing that a run has to report. */
export type Operation =
  | StartStep
  | {
      readonly kind: "completeStep";
      readonly key: StepKey;
      readonly attempt: number;
      readonly output: Payload;
    }
  | {
      readonly kind: "failStep";
      readonly key: StepKey;
      readonly attempt: number;
      readonly failure: Failure;
      readonly final: boolean;
      /** What a delay function gave. */
      readonly retryDelayMs: number | null;
    }
  | { readonly kind: "startSleep"; readonly key: StepKey; readonly end: SleepEnd }
  | {
      readonly kind: "startWait";
      readonly key: StepKey;
      readonly eventTypes: WaitCall["eventTypes"];
      readonly timeoutMs: number;
    }
  | { readonly kind: "cancelWait"; readonly key: StepKey }
  | { readonly kind: "deliverOutcome"; readonly key: StepKey }
  | { readonly kind: "completeInstance"; readonly output: Payload }
  | { readonly kind: "failInstance"; readonly failure: Failure };

type WireOperation = MessageInitShape<typeof OperationSchema>;

/** The operation as it is sent now. */
export function operationToWire(operation: Operation, nowMs: number): WireOperation {
  switch (operation.kind) {
    case "startStep": {
      const { key, attempt, policy, calledAtMs } = operation;
      const start = { key, attempt, config: policyToWire(policy) };
      if (calledAtMs === null) return { operation: { case: "startStep", value: start } };
      const runningFor = durationOf(Math.max(0, nowMs - calledAtMs));
      return { operation: { case: "startStep", value: { ...start, alreadyRunning: true, runningFor } } };
    }
    case "completeStep": {
      const { key, attempt, output } = operation;
      return { operation: { case: "completeStep", value: { key, attempt, output } } };
    }
    case "failStep": {
      const { key, attempt, failure, final, retryDelayMs } = operation;
      const retryDelay = retryDelayMs === null ? {} : { retryDelay: durationOf(retryDelayMs) };
      return { operation: { case: "failStep", value: { key, attempt, failure, final, ...retryDelay } } };
    }
    case "startSleep":
      return { operation: { case: "startSleep", value: { key: operation.key, end: endToWire(operation.end) } } };
    case "startWait": {
      const { key, eventTypes, timeoutMs } = operation;
      const [eventType, ...otherEventTypes] = eventTypes;
      const timeout = durationOf(timeoutMs);
      return { operation: { case: "startWait", value: { key, eventType, otherEventTypes, timeout } } };
    }
    case "cancelWait":
      return { operation: { case: "cancelWait", value: { key: operation.key } } };
    case "deliverOutcome":
      return { operation: { case: "deliverOutcome", value: { key: operation.key } } };
    case "completeInstance":
      return { operation: { case: "completeInstance", value: { output: operation.output } } };
    case "failInstance":
      return { operation: { case: "failInstance", value: { failure: operation.failure } } };
  }
}

function endToWire(end: SleepEnd) {
  return "afterMs" in end
    ? ({ case: "duration", value: durationOf(end.afterMs) } as const)
    : ({ case: "until", value: timestampFromMs(Math.ceil(end.atMs)) } as const);
}

/** About what an operation weighs in a commit, in bytes. */
export function operationBytes(operation: Operation): number {
  switch (operation.kind) {
    case "completeStep":
    case "completeInstance":
      return FRAME_BYTES + payloadBytes(operation.output);
    case "failStep":
    case "failInstance": {
      const { message, stack = "", details } = operation.failure;
      const textBytes = 3 * (message.length + stack.length);
      return FRAME_BYTES + textBytes + (details === undefined ? 0 : payloadBytes(details));
    }
    case "startWait":
      return FRAME_BYTES + 100 * operation.eventTypes.length;
    case "startStep":
    case "startSleep":
    case "cancelWait":
    case "deliverOutcome":
      return FRAME_BYTES;
  }
}

/** Key, config and frame; a key has at most 256 characters of 3 bytes. */
const FRAME_BYTES = 900;
