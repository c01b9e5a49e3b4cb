import { describe, expect, it } from "vitest";
import { WorkflowInternalError } from "perdure/errors";
import { encodeValue, payloadBytes } from "perdure/values/encode";
import { ValueTooLargeError } from "perdure/values/errors";
import { STEP_OUTPUT_BYTES_MAX } from "perdure/values/limits";

/** 40 arrays that are a million million numbers. */
function doubling(levels: number): unknown {
  let value: unknown = [1];
  for (let level = 0; level < levels; level++) value = [value, value];
  return value;
}

describe("the size of a value", () => {
  it("may be 1 MiB in its encoded form, and not a byte more", () => {
    expect(STEP_OUTPUT_BYTES_MAX).toBe(2 ** 20);
    for (const largest of ["x".repeat(2 ** 20 - 2), new Uint8Array(2 ** 20), [-0, new Uint8Array(2 ** 20 - 9)]]) {
      expect(payloadBytes(encodeValue(largest))).toBe(2 ** 20);
    }
    for (const larger of ["x".repeat(2 ** 20 - 1), new Uint8Array(2 ** 20 + 1), [-0, new Uint8Array(2 ** 20 - 8)]]) {
      expect(() => encodeValue(larger)).toThrow(ValueTooLargeError);
    }
  });

  it("is counted in bytes, not in characters", () => {
    expect(payloadBytes(encodeValue("é"))).toBe(4);
    expect(() => encodeValue("é".repeat(2 ** 19))).toThrow(ValueTooLargeError);
  });

  it("and the size allowed are named when it is too large", () => {
    expect(() => encodeValue("x".repeat(58), { step: "load", bytesMax: 50 })).toThrow(
      expect.objectContaining({
        name: "WorkflowInternalError",
        message: 'The output of step "load" is too large: 60 bytes, and at most 50 bytes are allowed',
        actualBytes: 60,
        allowedBytes: 50,
      }),
    );
    expect(() => encodeValue(new Uint8Array(9), { root: "event payload", bytesMax: 8 })).toThrow(
      "The event payload is too large: 9 bytes, and at most 8 bytes are allowed",
    );
    expect(new ValueTooLargeError(2, 1, {})).toBeInstanceOf(WorkflowInternalError);
  });

  it.each([
    ["shared parts that multiply", doubling(40)],
    ["shared parts that multiply, as CBOR", [-0, doubling(40)]],
    ["one long string a million times", Array.from({ length: 1e6 }).fill("x".repeat(1e6))],
    ["an array of four thousand million holes", Object.assign([], { length: 2 ** 32 - 1 })],
  ])("is found too large without encoding %s", (_, value) => {
    expect(() => encodeValue(value)).toThrow(/is too large: at least \d+ bytes, and at most 1048576 bytes are allowed/);
  });

  it("of undefined is nothing", () => {
    expect(payloadBytes(encodeValue(undefined))).toBe(0);
  });
});
