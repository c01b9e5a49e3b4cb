import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { Entry, JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import type { Failure } from "../../../services/engine/src/domain/failure.ts";
import type { Operation } from "../../../services/engine/src/domain/operation.ts";
import type { Payload } from "../../../services/engine/src/domain/payload.ts";
import type { StepConfig, StepKey } from "../../../services/engine/src/domain/step.ts";
import { EARLIEST, LATEST } from "../../../services/engine/src/rpc/time.ts";

/** Any value that the domain can hold and a message carries. */
export const instant = fc.oneof(
  fc.integer({ min: EARLIEST, max: LATEST }),
  fc.constantFrom(0, -1, 999, 1_000, EARLIEST, LATEST),
);
export const wholeMs = fc.oneof(
  fc.integer({ min: 0, max: 365 * 86_400_000 }),
  fc.constantFrom(0, 1, 999, 1_000, 365 * 86_400_000),
);
/** What any language's string type holds: no half of a surrogate pair. */
export const text = fc.string({ unit: "binary" });
const bytes = fc.uint8Array();
const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });

export const payload: Arbitrary<Payload> = fc.oneof(
  fc.constant({ form: "undefined" } as const),
  fc.json().map((json) => ({ form: "json", text: json }) as const),
  fc.record({ form: fc.constant("bytes" as const), bytes, kind: fc.option(fc.string({ maxLength: 100 })) }),
  fc.record({ form: fc.constant("cbor" as const), bytes }),
);

/** A step's output: any of these, or a stream. */
const output: Arbitrary<Payload> = fc.oneof(
  payload,
  fc.record({
    form: fc.constant("stream" as const),
    blob: fc.stringMatching(/^[a-zA-Z0-9_.-]{1,128}$/),
    size: fc.maxSafeNat(),
    chunks: count,
    preview: fc.option(fc.string({ maxLength: 1_024 })),
  }),
);

export const failure: Arbitrary<Failure> = fc.record({
  name: fc.string({ minLength: 1, maxLength: 256 }),
  message: text,
  stack: fc.option(text),
  details: fc.option(payload),
});

export const stepKey: Arbitrary<StepKey> = fc.record({
  kind: fc.constantFrom("do", "sleep", "wait", "rollback"),
  name: text,
  count,
});

export const stepConfig: Arbitrary<StepConfig> = fc.record({
  retryLimit: fc.integer({ min: 0, max: 10_000 }),
  retryDelayMs: wholeMs,
  backoff: fc.constantFrom("constant", "linear", "exponential"),
  timeoutMs: wholeMs,
  dynamicDelay: fc.boolean(),
  sensitive: fc.boolean(),
  rollback: fc.boolean(),
});

function kind<K extends string>(name: K) {
  return fc.constant(name);
}

const key = stepKey;
const attempt = count;
const ofEntry = {
  leaseGranted: fc.record({ kind: kind("leaseGranted"), epoch: count, session: text }),
  leaseLost: fc.record({
    kind: kind("leaseLost"),
    epoch: count,
    reason: fc.constantFrom("expired", "released", "undelivered"),
  }),
  parked: fc.record({ kind: kind("parked") }),
  stepStarted: fc.record({
    kind: kind("stepStarted"),
    key,
    attempt,
    config: fc.option(stepConfig),
    startedAt: instant,
  }),
  stepCompleted: fc.record({ kind: kind("stepCompleted"), key, attempt, output, sensitive: fc.boolean() }),
  stepFailed: fc.record({ kind: kind("stepFailed"), key, attempt, failure, retryAt: fc.option(instant) }),
  retryDue: fc.record({ kind: kind("retryDue"), key, attempt }),
  sleepStarted: fc.record({ kind: kind("sleepStarted"), key, dueAt: instant }),
  sleepCompleted: fc.record({ kind: kind("sleepCompleted"), key }),
  waitStarted: fc.record({
    kind: kind("waitStarted"),
    key,
    eventType: text,
    otherEventTypes: fc.array(text),
    dueAt: instant,
    timeoutMs: wholeMs,
  }),
  waitCompleted: fc.record({ kind: kind("waitCompleted"), key, event: count }),
  waitTimedOut: fc.record({ kind: kind("waitTimedOut"), key }),
  eventAccepted: fc.record({
    kind: kind("eventAccepted"),
    event: count,
    type: text,
    payload,
    acceptedAt: instant,
    requestId: fc.option(text),
  }),
  outcomeDelivered: fc.record({ kind: kind("outcomeDelivered"), key }),
  pauseRequested: fc.record({ kind: kind("pauseRequested") }),
  paused: fc.record({ kind: kind("paused") }),
  resumed: fc.record({ kind: kind("resumed") }),
  instanceCompleted: fc.record({ kind: kind("instanceCompleted"), output: payload }),
  instanceFailed: fc.record({ kind: kind("instanceFailed"), failure }),
  instanceTerminated: fc.record({ kind: kind("instanceTerminated") }),
  waitCancelled: fc.record({ kind: kind("waitCancelled"), key }),
  rollbackStarted: fc.record({
    kind: kind("rollbackStarted"),
    cause: fc.constantFrom("failed", "terminated"),
    failure,
    steps: fc.array(key),
  }),
  rollbackCompleted: fc.record({ kind: kind("rollbackCompleted") }),
  rollbackFailed: fc.record({ kind: kind("rollbackFailed"), failure }),
  restartRequested: fc.record({ kind: kind("restartRequested"), key }),
  restartedFrom: fc.record({ kind: kind("restartedFrom"), run: count, key }),
  instanceRestarted: fc.record({ kind: kind("instanceRestarted") }),
  instancePurged: fc.record({ kind: kind("instancePurged") }),
} as const satisfies { readonly [K in Entry["kind"]]: Arbitrary<Extract<Entry, { kind: K }>> };

export const entry: Arbitrary<Entry> = fc.oneof(...Object.values<Arbitrary<Entry>>(ofEntry));

/** The engine's own mark of a record stays with the engine. */
export const record: Arbitrary<JournalRecord> = fc.record({
  position: count,
  committedAt: instant,
  report: fc.constant(null),
  entries: fc.array(entry, { maxLength: 5 }),
});

const ofOperation = {
  startStep: fc.record({
    kind: kind("startStep"),
    key,
    attempt,
    config: stepConfig,
    alreadyRunning: fc.boolean(),
    runningForMs: wholeMs,
  }),
  completeStep: fc.record({ kind: kind("completeStep"), key, attempt, output }),
  failStep: fc.record({
    kind: kind("failStep"),
    key,
    attempt,
    failure,
    final: fc.boolean(),
    retryDelayMs: fc.option(wholeMs),
  }),
  startSleep: fc.record({
    kind: kind("startSleep"),
    key,
    end: fc.oneof(
      wholeMs.map((afterMs) => ({ afterMs })),
      instant.map((at) => ({ at })),
    ),
  }),
  startWait: fc.record({
    kind: kind("startWait"),
    key,
    eventType: text,
    otherEventTypes: fc.array(text),
    timeoutMs: wholeMs,
  }),
  cancelWait: fc.record({ kind: kind("cancelWait"), key }),
  deliverOutcome: fc.record({ kind: kind("deliverOutcome"), key }),
  completeInstance: fc.record({ kind: kind("completeInstance"), output: payload }),
  failInstance: fc.record({ kind: kind("failInstance"), failure }),
} as const satisfies { readonly [K in Operation["kind"]]: Arbitrary<Extract<Operation, { kind: K }>> };

export const operation: Arbitrary<Operation> = fc.oneof(...Object.values<Arbitrary<Operation>>(ofOperation));
