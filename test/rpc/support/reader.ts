import type { Timestamp } from "@bufbuild/protobuf/wkt";
import {
  LeaseLostReason,
  RollbackCause,
  type JournalEntry,
  type JournalRecord as Message,
} from "perdure/proto/perdure/v1/journal_pb";
import type { StepKey as StepKeyMessage } from "perdure/proto/perdure/v1/step_pb";
import type { Entry, JournalRecord, LeaseLostReason as Reason } from "../../../services/engine/src/domain/entry.ts";
import type { StepKey } from "../../../services/engine/src/domain/step.ts";
import { failureFromMessage } from "../../../services/engine/src/rpc/failure.ts";
import { outputFromMessage, payloadFromMessage } from "../../../services/engine/src/rpc/payload.ts";
import { stepConfigFromMessage, stepKeyFromMessage } from "../../../services/engine/src/rpc/step.ts";
import { timestampFromMessage } from "../../../services/engine/src/rpc/time.ts";

const REASONS: Readonly<Record<number, Reason>> = {
  [LeaseLostReason.EXPIRED]: "expired",
  [LeaseLostReason.RELEASED]: "released",
  [LeaseLostReason.UNDELIVERED]: "undelivered",
};

/** Reads a journal as a client would: the other direction of what the engine does. */
export function readRecord({ position, commitTime, entries }: Message): JournalRecord {
  return { position, committedAt: at(commitTime), report: null, entries: entries.map(readEntry) };
}

export function readEntry({ entry }: JournalEntry): Entry {
  const { case: kind, value } = entry;
  switch (kind) {
    case "leaseGranted":
      return { kind, epoch: value.epoch, session: value.session };
    case "leaseLost":
      return { kind, epoch: value.epoch, reason: REASONS[value.reason]! };
    case "stepStarted":
      return {
        kind,
        key: key(value),
        attempt: value.attempt,
        config: value.config === undefined ? null : stepConfigFromMessage(value.config, "config"),
        startedAt: at(value.startTime),
      };
    case "stepCompleted":
      return {
        kind,
        key: key(value),
        attempt: value.attempt,
        output: outputFromMessage(value.output, "output"),
        sensitive: value.sensitive,
      };
    case "stepFailed":
      return {
        kind,
        key: key(value),
        attempt: value.attempt,
        failure: failureFromMessage(value.failure!, "failure"),
        retryAt: value.retryTime === undefined ? null : at(value.retryTime),
      };
    case "retryDue":
      return { kind, key: key(value), attempt: value.attempt };
    case "sleepStarted":
      return { kind, key: key(value), dueAt: at(value.dueTime) };
    case "waitStarted":
      return {
        kind,
        key: key(value),
        eventType: value.eventType,
        otherEventTypes: value.otherEventTypes,
        dueAt: at(value.dueTime),
        timeoutMs: value.timeoutMs,
      };
    case "waitCompleted":
      return { kind, key: key(value), event: value.event };
    case "sleepCompleted":
    case "waitTimedOut":
    case "waitCancelled":
    case "restartRequested":
    case "outcomeDelivered":
      return { kind, key: key(value) };
    case "eventAccepted":
      return {
        kind,
        event: value.event,
        type: value.type,
        payload: payloadFromMessage(value.payload, "payload"),
        acceptedAt: at(value.acceptTime),
        requestId: value.requestId ?? null,
      };
    case "instanceCompleted":
      return { kind, output: payloadFromMessage(value.output, "output") };
    case "rollbackStarted":
      return {
        kind,
        cause: value.cause === RollbackCause.FAILED ? "failed" : "terminated",
        failure: failureFromMessage(value.failure!, "failure"),
        steps: value.steps.map((step) => stepKeyFromMessage(step, "steps")),
      };
    case "rollbackFailed":
      return { kind, failure: failureFromMessage(value.failure!, "failure") };
    case "restartedFrom":
      return { kind, run: value.run, key: key(value) };
    case "instanceFailed":
      return { kind, failure: failureFromMessage(value.failure!, "failure") };
    case "rollbackCompleted":
    case "parked":
    case "pauseRequested":
    case "paused":
    case "resumed":
    case "instanceTerminated":
    case "instanceRestarted":
    case "instancePurged":
      return { kind };
    case undefined:
      throw new Error("an entry without a case");
  }
}

function key(value: { readonly key?: StepKeyMessage | undefined }): StepKey {
  return stepKeyFromMessage(value.key, "key");
}

function at(time: Timestamp | undefined): number {
  if (time === undefined) throw new Error("an instant is missing");
  return timestampFromMessage(time);
}
