import {
  create,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
  type DescMessage,
  type MessageShape,
} from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { FailureSchema } from "perdure/proto/perdure/v1/failure_pb";
import { JournalRecordSchema } from "perdure/proto/perdure/v1/journal_pb";
import { PayloadSchema } from "perdure/proto/perdure/v1/payload_pb";
import { StepConfigSchema, StepKeySchema } from "perdure/proto/perdure/v1/step_pb";
import { OperationSchema } from "perdure/proto/perdure/v1/task_pb";
import { describe, expect, it } from "vitest";
import { DEFAULT_STEP_CONFIG } from "../../services/engine/src/domain/retry.ts";
import { recordToMessage } from "../../services/engine/src/rpc/entry.ts";
import { failureFromMessage, failureToMessage } from "../../services/engine/src/rpc/failure.ts";
import { operationFromMessage } from "../../services/engine/src/rpc/operation.ts";
import { payloadFromMessage, payloadToMessage } from "../../services/engine/src/rpc/payload.ts";
import {
  stepConfigFromMessage,
  stepConfigToMessage,
  stepKeyFromMessage,
  stepKeyToMessage,
} from "../../services/engine/src/rpc/step.ts";
import { failure, operation, payload, record, stepConfig, stepKey } from "./support/arbitraries.ts";
import { readRecord } from "./support/reader.ts";
import { writeOperation } from "./support/writer.ts";

/** As it arrives at the other end, in both encodings. */
function transmitted<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): MessageShape<Desc>[] {
  return [fromBinary(schema, toBinary(schema, message)), fromJson(schema, toJson(schema, message))];
}

describe("what travels", () => {
  it("is the payload that was sent, in binary and in JSON", () => {
    fc.assert(
      fc.property(payload, (sent) => {
        for (const message of transmitted(PayloadSchema, payloadToMessage(sent))) {
          expect(payloadFromMessage(message, "payload")).toEqual(sent);
        }
      }),
    );
  });

  it("is the failure that was sent", () => {
    fc.assert(
      fc.property(failure, (sent) => {
        for (const message of transmitted(FailureSchema, failureToMessage(sent))) {
          expect(failureFromMessage(message, "failure")).toEqual(sent);
        }
      }),
    );
  });

  it("is the step that was named, and its config", () => {
    fc.assert(
      fc.property(stepKey, stepConfig, (key, config) => {
        for (const message of transmitted(StepKeySchema, stepKeyToMessage(key))) {
          expect(stepKeyFromMessage(message, "key")).toEqual(key);
        }
        for (const message of transmitted(StepConfigSchema, stepConfigToMessage(config))) {
          expect(stepConfigFromMessage(message, "config")).toEqual(config);
        }
      }),
    );
  });

  it("is every record that the engine has, whole", () => {
    fc.assert(
      fc.property(record, (sent) => {
        for (const message of transmitted(JournalRecordSchema, recordToMessage(sent))) {
          expect(readRecord(message)).toEqual(sent);
        }
      }),
    );
  });

  it("is every operation that a worker reports, whole", () => {
    fc.assert(
      fc.property(operation, (sent) => {
        const written = create(OperationSchema, { operation: writeOperation(sent) });
        for (const message of transmitted(OperationSchema, written)) {
          expect(operationFromMessage(message, "operations[0]")).toEqual(sent);
        }
      }),
    );
  });
});

describe("what is not set", () => {
  it("is the value undefined where a payload is", () => {
    expect(payloadFromMessage(undefined, "output")).toEqual({ form: "undefined" });
    expect(payloadFromMessage(create(PayloadSchema), "output")).toEqual({ form: "undefined" });
  });

  it("is the programming model's default in a step's config", () => {
    expect(stepConfigFromMessage(undefined, "config")).toEqual(DEFAULT_STEP_CONFIG);
    expect(stepConfigFromMessage(create(StepConfigSchema), "config")).toEqual(DEFAULT_STEP_CONFIG);
  });

  it("is one day of patience in a wait, and no time in a step's start", () => {
    const key = stepKeyToMessage({ kind: "wait", name: "approval", count: 1 });
    const wait = create(OperationSchema, { operation: { case: "startWait", value: { key, eventType: "approved" } } });
    const start = create(OperationSchema, { operation: { case: "startStep", value: { key, attempt: 1 } } });

    expect(operationFromMessage(wait, "o")).toMatchObject({ timeoutMs: 86_400_000 });
    expect(operationFromMessage(start, "o")).toMatchObject({ runningForMs: 0, config: DEFAULT_STEP_CONFIG });
  });
});

describe("a payload that is not what it says", () => {
  it.each(["", "{", "undefined", "NaN", "[1,]", "'a'", '"\u0000"', "1 2", "\ufeff1"])(
    "is refused as JSON text: %j",
    (json) => {
      const message = create(PayloadSchema, { content: { case: "json", value: json } });

      expect(() => payloadFromMessage(message, "output")).toThrowError(
        expect.objectContaining({ reason: "INVALID_FIELD", metadata: { field: "output.json" } }),
      );
    },
  );

  it("is refused when the name of its kind is endless", () => {
    const message = create(PayloadSchema, {
      content: { case: "bytes", value: new Uint8Array() },
      kind: "x".repeat(101),
    });

    expect(() => payloadFromMessage(message, "output")).toThrowError(
      expect.objectContaining({ reason: "INVALID_FIELD" }),
    );
  });

  it("is refused above 1 MiB before its text is looked at", () => {
    const message = create(PayloadSchema, { content: { case: "json", value: "[".repeat(1_048_577) } });

    expect(() => payloadFromMessage(message, "output")).toThrowError(
      expect.objectContaining({
        reason: "LIMIT_EXCEEDED",
        metadata: expect.objectContaining({ limitBytes: "1048576" }),
      }),
    );
  });
});

describe("a failure that is reported badly", () => {
  it("still has a name, and texts of bounded length", () => {
    const message = create(FailureSchema, { name: "", message: "m".repeat(100_000), stack: "s".repeat(100_000) });

    const read = failureFromMessage(message, "failure");

    expect(read.name).toBe("Error");
    expect(read.message).toHaveLength(32_768);
    expect(read.stack).toHaveLength(32_768);
    expect(read.details).toBeNull();
  });
});
