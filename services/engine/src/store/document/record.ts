import type { Entry, JournalRecord, LeaseLostReason, Report, RollbackCause } from "../../domain/entry.ts";
import type { Backoff, StepConfig, StepKey, StepKind } from "../../domain/step.ts";
import { list, listOrNone, nullable, object, variants } from "./codec.ts";
import { failure, payload } from "./payload.ts";
import { flag, instant, integer, mark, milliseconds, oneOf, text } from "./values.ts";

const key = object<StepKey>({
  kind: oneOf<StepKind>({ do: true, sleep: true, wait: true, rollback: true }),
  name: text,
  count: integer,
});

const config = object<StepConfig>({
  retryLimit: milliseconds,
  retryDelayMs: milliseconds,
  backoff: oneOf<Backoff>({ constant: true, linear: true, exponential: true }),
  timeoutMs: milliseconds,
  dynamicDelay: flag,
  sensitive: mark,
  rollback: mark,
});

const report = object<Report>({ epoch: integer, sequence: integer });

/** What each kind of entry has in a document, under these names: `{kind: "stepCompleted", key: {…}, attempt: 1, output: {…}}`. */
export const entry = variants<Entry, "kind">("kind", {
  leaseGranted: { epoch: integer, session: text },
  leaseLost: {
    epoch: integer,
    reason: oneOf<LeaseLostReason>({ expired: true, released: true, undelivered: true }),
  },
  parked: {},
  stepStarted: { key, attempt: integer, config: nullable(config), startedAt: instant },
  stepCompleted: { key, attempt: integer, output: payload, sensitive: mark },
  stepFailed: { key, attempt: integer, failure, retryAt: nullable(instant) },
  retryDue: { key, attempt: integer },
  sleepStarted: { key, dueAt: instant },
  sleepCompleted: { key },
  waitStarted: {
    key,
    eventType: text,
    otherEventTypes: listOrNone(text),
    dueAt: instant,
    timeoutMs: milliseconds,
  },
  waitCompleted: { key, event: integer },
  waitTimedOut: { key },
  waitCancelled: { key },
  eventAccepted: { event: integer, type: text, payload, acceptedAt: instant, requestId: nullable(text) },
  outcomeDelivered: { key },
  pauseRequested: {},
  paused: {},
  resumed: {},
  instanceCompleted: { output: payload },
  instanceFailed: { failure },
  instanceTerminated: {},
  rollbackStarted: {
    cause: oneOf<RollbackCause>({ failed: true, terminated: true }),
    failure,
    steps: list(key),
  },
  rollbackCompleted: {},
  rollbackFailed: { failure },
  instanceRestarted: {},
  restartRequested: { key },
  restartedFrom: { run: integer, key },
  instancePurged: {},
});

/** A record without its position, which is part of its key. */
export const recordBody = object<Omit<JournalRecord, "position">>({
  committedAt: instant,
  report: nullable(report),
  entries: list(entry),
});
