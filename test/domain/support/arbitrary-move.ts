import * as fc from "fast-check";
import type { Failure } from "../../../services/engine/src/domain/failure.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import type { Operation } from "../../../services/engine/src/domain/operation.ts";
import type { Payload } from "../../../services/engine/src/domain/payload.ts";
import type { StepConfig, StepKey } from "../../../services/engine/src/domain/step.ts";

/*
 * Moves from anybody, with numbers that are none, below zero, fractions or beyond all bounds, and texts of all kinds.
 * Types are believed: that a field is a number, a text one of its union's, bytes are bytes, is what the rpc layer
 * makes of a message, and the domain does not look again. Event types, session names, the limits and the key of a
 * restart too: the first two are checked by the contract's patterns, the limits are the engine's own, and the key was
 * found in the journal.
 */

export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -2, max: 4 }),
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, -1e300, 1e300, Number.MIN_VALUE),
);

const anyText = fc.oneof(fc.constantFrom("a", "b"), fc.string({ unit: "binary", maxLength: 300 }));

const anyPayload: fc.Arbitrary<Payload> = fc.oneof(
  fc.constant({ form: "undefined" } as const),
  fc.record({ form: fc.constant("json"), text: fc.json() }),
  fc.record({ form: fc.constant("bytes"), bytes: fc.uint8Array(), kind: fc.option(fc.string()) }),
  fc.record({ form: fc.constant("cbor"), bytes: fc.uint8Array() }),
  fc.constant({ form: "bytes", bytes: new Uint8Array(1_048_577), kind: null } as const),
);

const anyFailure: fc.Arbitrary<Failure> = fc.record({
  name: anyText,
  message: anyText,
  stack: fc.option(anyText),
  details: fc.option(anyPayload),
});

const anyKey: fc.Arbitrary<StepKey> = fc.record({
  kind: fc.constantFrom("do", "sleep", "wait", "rollback"),
  name: anyText,
  count: anyNumber,
});

const anyConfig: fc.Arbitrary<StepConfig> = fc.record({
  retryLimit: anyNumber,
  retryDelayMs: anyNumber,
  backoff: fc.constantFrom("constant", "linear", "exponential"),
  timeoutMs: anyNumber,
  dynamicDelay: fc.boolean(),
  sensitive: fc.boolean(),
  rollback: fc.boolean(),
});

export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant("startStep"),
    key: anyKey,
    attempt: anyNumber,
    config: anyConfig,
    alreadyRunning: fc.boolean(),
    runningForMs: anyNumber,
  }),
  fc.record({ kind: fc.constant("completeStep"), key: anyKey, attempt: anyNumber, output: anyPayload }),
  fc.record({
    kind: fc.constant("failStep"),
    key: anyKey,
    attempt: anyNumber,
    failure: anyFailure,
    final: fc.boolean(),
    retryDelayMs: fc.option(anyNumber),
  }),
  fc.record({
    kind: fc.constant("startSleep"),
    key: anyKey,
    end: fc.oneof(fc.record({ afterMs: anyNumber }), fc.record({ at: anyNumber })),
  }),
  fc.record({
    kind: fc.constant("startWait"),
    key: anyKey,
    eventType: anyText,
    otherEventTypes: fc.array(anyText),
    timeoutMs: anyNumber,
  }),
  fc.record({ kind: fc.constant("cancelWait"), key: anyKey }),
  fc.record({ kind: fc.constant("deliverOutcome"), key: anyKey }),
  fc.record({ kind: fc.constant("completeInstance"), output: anyPayload }),
  fc.record({ kind: fc.constant("failInstance"), failure: anyFailure }),
);

export const arbitraryMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant("report"),
    session: fc.constantFrom("w1", "w2"),
    uid: fc.constantFrom("uid-1", "uid-2"),
    run: fc.oneof(fc.constant(1), anyNumber),
    report: fc.record({ epoch: fc.oneof(fc.integer({ min: 1, max: 3 }), anyNumber), sequence: anyNumber }),
    operations: fc.array(anyOperation, { maxLength: 3 }),
    park: fc.boolean(),
    limits: fc.constant({ steps: 4, bytes: 10_485_760 }),
  }),
  fc.record({
    kind: fc.constant("loseLease"),
    uid: fc.constantFrom("uid-1", "uid-2"),
    run: fc.oneof(fc.constant(1), anyNumber),
    epoch: anyNumber,
    reason: fc.constantFrom("expired", "released", "undelivered"),
  }),
  fc.record({
    kind: fc.constantFrom("pause", "resume", "terminate", "rollBack", "restart", "completeRestart", "purge"),
  }),
  fc.record(
    {
      kind: fc.constant("sendEvent"),
      type: anyText,
      payload: anyPayload,
      requestId: fc.option(anyText),
      grantTo: anyText,
    },
    { requiredKeys: ["kind", "type", "payload", "requestId"] },
  ),
);

/** The operation with another number in one of the places where it has one. */
export function withNumber(operation: Operation, field: number, number: number): Operation {
  const copy = structuredClone(operation);
  const places = numbersIn(copy);
  const place = places[field % places.length];
  if (place !== undefined) place.holder[place.name] = number;
  return copy;
}

interface NumberPlace {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function numbersIn(holder: object): readonly NumberPlace[] {
  return Object.entries(holder).flatMap(([name, part]: [string, unknown]) => {
    if (typeof part === "number") return [{ holder: holder as Record<string, unknown>, name }];
    return typeof part === "object" && part !== null ? numbersIn(part) : [];
  });
}
