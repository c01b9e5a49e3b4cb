import * as fc from "fast-check";
import type { Entry, JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import type { Failure } from "../../../services/engine/src/domain/failure.ts";
import type { Head, HeadIndex } from "../../../services/engine/src/domain/head.ts";
import type { Status } from "../../../services/engine/src/domain/lifecycle.ts";
import type { Payload } from "../../../services/engine/src/domain/payload.ts";
import type { Lease } from "../../../services/engine/src/domain/state.ts";
import type { StepConfig, StepKey } from "../../../services/engine/src/domain/step.ts";

/** Anything a string can be: half surrogate pairs, NUL, what MongoDB and SQL give a meaning to. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    "",
    "$set",
    "a.b",
    "__proto__",
    "constructor",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\udc00x",
    "'; --",
    "�",
  ),
);

const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const instant = fc.integer({ min: -8.64e15, max: 8.64e15 });
const milliseconds = fc.oneof(fc.nat(), fc.double({ noNaN: true }), fc.constantFrom(0, -0, 2 ** 31, 2 ** 53, 0.5));
/** With the prototype that object literals have. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(fields, { noNullPrototype: true });

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

export const anyPayload: fc.Arbitrary<Payload> = fc.oneof(
  fc.constant<Payload>({ form: "undefined" }),
  record({ form: fc.constant("json" as const), text: anyText }),
  record({ form: fc.constant("bytes" as const), bytes: fc.uint8Array(), kind: orNull(anyText) }),
  record({ form: fc.constant("cbor" as const), bytes: fc.uint8Array() }),
);

const anyFailure: fc.Arbitrary<Failure> = record({
  name: anyText,
  message: anyText,
  stack: orNull(anyText),
  details: orNull(anyPayload),
});

const anyKey: fc.Arbitrary<StepKey> = record({
  kind: fc.constantFrom("do", "sleep", "wait", "rollback"),
  name: anyText,
  count,
});

const anyConfig: fc.Arbitrary<StepConfig> = record({
  retryLimit: fc.nat(),
  retryDelayMs: milliseconds,
  backoff: fc.constantFrom("constant", "linear", "exponential"),
  timeoutMs: milliseconds,
  dynamicDelay: fc.boolean(),
  sensitive: fc.boolean(),
  rollback: fc.boolean(),
});

type Fields<K extends Entry["kind"]> = {
  readonly [F in Exclude<keyof Extract<Entry, { kind: K }>, "kind">]: fc.Arbitrary<Extract<Entry, { kind: K }>[F]>;
};

/** Every kind of entry, so that a new one does not compile until it is generated. */
const ENTRY_FIELDS: { readonly [K in Entry["kind"]]: Fields<K> } = {
  leaseGranted: { epoch: count, session: anyText },
  leaseLost: { epoch: count, reason: fc.constantFrom("expired", "released", "undelivered") },
  parked: {},
  stepStarted: { key: anyKey, attempt: count, config: orNull(anyConfig), startedAt: instant },
  stepCompleted: { key: anyKey, attempt: count, output: anyPayload, sensitive: fc.boolean() },
  stepFailed: { key: anyKey, attempt: count, failure: anyFailure, retryAt: orNull(instant) },
  retryDue: { key: anyKey, attempt: count },
  sleepStarted: { key: anyKey, dueAt: instant },
  sleepCompleted: { key: anyKey },
  waitStarted: {
    key: anyKey,
    eventType: anyText,
    otherEventTypes: fc.array(anyText),
    dueAt: instant,
    timeoutMs: milliseconds,
  },
  waitCompleted: { key: anyKey, event: count },
  waitTimedOut: { key: anyKey },
  waitCancelled: { key: anyKey },
  rollbackStarted: { cause: fc.constantFrom("failed", "terminated"), failure: anyFailure, steps: fc.array(anyKey) },
  rollbackCompleted: {},
  rollbackFailed: { failure: anyFailure },
  restartRequested: { key: anyKey },
  restartedFrom: { run: count, key: anyKey },
  eventAccepted: { event: count, type: anyText, payload: anyPayload, acceptedAt: instant, requestId: orNull(anyText) },
  outcomeDelivered: { key: anyKey },
  pauseRequested: {},
  paused: {},
  resumed: {},
  instanceCompleted: { output: anyPayload },
  instanceFailed: { failure: anyFailure },
  instanceTerminated: {},
  instanceRestarted: {},
  instancePurged: {},
};

export const ENTRY_KINDS = Object.keys(ENTRY_FIELDS) as readonly Entry["kind"][];

export function anyEntryOf(kind: Entry["kind"]): fc.Arbitrary<Entry> {
  const fields = { kind: fc.constant(kind), ...ENTRY_FIELDS[kind] };
  return record<unknown>(fields) as fc.Arbitrary<Entry>;
}

export const anyEntry: fc.Arbitrary<Entry> = fc.oneof(...ENTRY_KINDS.map(anyEntryOf));

export function anyRecordAt(position: number): fc.Arbitrary<JournalRecord> {
  return record({
    position: fc.constant(position),
    committedAt: instant,
    report: orNull(record({ epoch: count, sequence: count })),
    entries: fc.array(anyEntry, { maxLength: 6 }),
  });
}

export const anyStatus: fc.Arbitrary<Status> = fc.constantFrom(
  "queued",
  "running",
  "waiting",
  "waitingForPause",
  "paused",
  "complete",
  "errored",
  "terminated",
);

const anyLease: fc.Arbitrary<Lease> = record({ session: anyText, epoch: count, grantedAt: instant });

export const anyIndex: fc.Arbitrary<HeadIndex> = record({
  run: count,
  runStartedAt: instant,
  position: fc.nat(),
  status: anyStatus,
  readyAt: orNull(instant),
  lease: orNull(anyLease),
  endedAt: orNull(instant),
  purgeAt: orNull(instant),
});

const anyNamePart = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,20}$/);

export const anyBirth: fc.Arbitrary<Head["birth"]> = record({
  name: record({ namespace: anyNamePart, workflow: anyNamePart, id: anyNamePart }),
  uid: fc.uuid(),
  createdAt: instant,
  params: anyPayload,
  retention: record({ successMs: milliseconds, failureMs: milliseconds }),
  requestId: orNull(anyText),
  handedTo: orNull(anyText),
  schedule: orNull(record({ cron: anyText, dueAt: instant })),
});
