import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  JournalEntrySchema,
  JournalRecordSchema,
  LeaseLostReason as LeaseLostReasonMessage,
  type EventAcceptedSchema,
  type JournalEntry,
  type JournalRecord as JournalRecordMessage,
  RollbackCause as RollbackCauseMessage,
  type RollbackStartedSchema,
  type StepCompletedSchema,
  type StepFailedSchema,
  type StepStartedSchema,
  type WaitStartedSchema,
} from "perdure/proto/perdure/v1/journal_pb";
import type { StepKey as StepKeyMessage } from "perdure/proto/perdure/v1/step_pb";
import type { Entry, EntryOf, JournalRecord, LeaseLostReason, RollbackCause } from "../domain/entry.ts";
import type { Payload } from "../domain/payload.ts";
import type { StepKey } from "../domain/step.ts";
import { failureToMessage } from "./failure.ts";
import { payloadToMessage } from "./payload.ts";
import { stepConfigToMessage, stepKeyToMessage } from "./step.ts";
import { timestampToMessage } from "./time.ts";

const LEASE_LOST_REASON = {
  expired: LeaseLostReasonMessage.EXPIRED,
  released: LeaseLostReasonMessage.RELEASED,
  undelivered: LeaseLostReasonMessage.UNDELIVERED,
} as const satisfies Record<LeaseLostReason, LeaseLostReasonMessage>;

/** What callers see in place of a sensitive output. The programming model's text. */
const REDACTED: Payload = { form: "json", text: '"[REDACTED]"' };

const ROLLBACK_CAUSE = {
  failed: RollbackCauseMessage.FAILED,
  terminated: RollbackCauseMessage.TERMINATED,
} as const satisfies Record<RollbackCause, RollbackCauseMessage>;

/** A record as its workers get it. */
export function recordToMessage({ position, committedAt, entries }: JournalRecord): JournalRecordMessage {
  return create(JournalRecordSchema, {
    position,
    commitTime: timestampToMessage(committedAt),
    entries: entries.map(entryToMessage),
  });
}

/** A record as callers get it: without what is sensitive. */
export function publicRecordToMessage(record: JournalRecord): JournalRecordMessage {
  return recordToMessage({ ...record, entries: record.entries.map(redacted) });
}

function redacted(entry: Entry): Entry {
  return entry.kind === "stepCompleted" && entry.sensitive ? { ...entry, output: REDACTED } : entry;
}

export function entryToMessage(entry: Entry): JournalEntry {
  return create(JournalEntrySchema, { entry: caseOf(entry) });
}

type Case = NonNullable<MessageInitShape<typeof JournalEntrySchema>["entry"]>;

function caseOf(entry: Entry): Case {
  switch (entry.kind) {
    case "leaseGranted":
      return { case: "leaseGranted", value: { epoch: entry.epoch, session: entry.session } };
    case "leaseLost":
      return { case: "leaseLost", value: { epoch: entry.epoch, reason: LEASE_LOST_REASON[entry.reason] } };
    case "stepStarted":
      return { case: "stepStarted", value: stepStarted(entry) };
    case "stepCompleted":
      return { case: "stepCompleted", value: stepCompleted(entry) };
    case "stepFailed":
      return { case: "stepFailed", value: stepFailed(entry) };
    case "retryDue":
      return { case: "retryDue", value: attemptOf(entry) };
    case "sleepStarted":
      return { case: "sleepStarted", value: { ...keyOf(entry), dueTime: timestampToMessage(entry.dueAt) } };
    case "waitStarted":
      return { case: "waitStarted", value: waitStarted(entry) };
    case "waitCompleted":
      return { case: "waitCompleted", value: { ...keyOf(entry), event: entry.event } };
    case "sleepCompleted":
    case "waitTimedOut":
    case "waitCancelled":
    case "restartRequested":
    case "outcomeDelivered":
      return { case: entry.kind, value: keyOf(entry) };
    case "eventAccepted":
      return { case: "eventAccepted", value: eventAccepted(entry) };
    case "instanceCompleted":
      return { case: "instanceCompleted", value: { output: payloadToMessage(entry.output) } };
    case "rollbackStarted":
      return { case: "rollbackStarted", value: rollbackStarted(entry) };
    case "restartedFrom":
      return { case: "restartedFrom", value: { ...keyOf(entry), run: entry.run } };
    case "rollbackFailed":
      return { case: "rollbackFailed", value: { failure: failureToMessage(entry.failure) } };
    case "instanceFailed":
      return { case: "instanceFailed", value: { failure: failureToMessage(entry.failure) } };
    case "parked":
    case "pauseRequested":
    case "paused":
    case "resumed":
    case "rollbackCompleted":
    case "instanceTerminated":
    case "instanceRestarted":
    case "instancePurged":
      return { case: entry.kind, value: {} };
  }
}

function keyOf({ key }: { readonly key: StepKey }): { key: StepKeyMessage } {
  return { key: stepKeyToMessage(key) };
}

function attemptOf({ key, attempt }: { readonly key: StepKey; readonly attempt: number }): {
  key: StepKeyMessage;
  attempt: number;
} {
  return { key: stepKeyToMessage(key), attempt };
}

function stepStarted(entry: EntryOf<"stepStarted">): MessageInitShape<typeof StepStartedSchema> {
  return {
    ...attemptOf(entry),
    startTime: timestampToMessage(entry.startedAt),
    ...(entry.config === null ? {} : { config: stepConfigToMessage(entry.config) }),
  };
}

function stepCompleted(entry: EntryOf<"stepCompleted">): MessageInitShape<typeof StepCompletedSchema> {
  return { ...attemptOf(entry), output: payloadToMessage(entry.output), sensitive: entry.sensitive };
}

function rollbackStarted(entry: EntryOf<"rollbackStarted">): MessageInitShape<typeof RollbackStartedSchema> {
  const { cause, failure, steps } = entry;
  return { cause: ROLLBACK_CAUSE[cause], failure: failureToMessage(failure), steps: steps.map(stepKeyToMessage) };
}

function stepFailed(entry: EntryOf<"stepFailed">): MessageInitShape<typeof StepFailedSchema> {
  return {
    ...attemptOf(entry),
    failure: failureToMessage(entry.failure),
    ...(entry.retryAt === null ? {} : { retryTime: timestampToMessage(entry.retryAt) }),
  };
}

function waitStarted(entry: EntryOf<"waitStarted">): MessageInitShape<typeof WaitStartedSchema> {
  const { eventType, otherEventTypes, dueAt, timeoutMs } = entry;
  return {
    ...keyOf(entry),
    eventType,
    otherEventTypes: [...otherEventTypes],
    dueTime: timestampToMessage(dueAt),
    timeoutMs,
  };
}

function eventAccepted(entry: EntryOf<"eventAccepted">): MessageInitShape<typeof EventAcceptedSchema> {
  const { event, type, payload, acceptedAt, requestId } = entry;
  const accepted = { event, type, payload: payloadToMessage(payload), acceptTime: timestampToMessage(acceptedAt) };
  return requestId === null ? accepted : { ...accepted, requestId };
}
