import { create } from "@bufbuild/protobuf";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  durationFromMessage,
  durationToMessage,
  EARLIEST,
  LATEST,
  timestampFromMessage,
  timestampToMessage,
} from "../../services/engine/src/rpc/time.ts";
import { instant } from "./support/arbitraries.ts";

const anyInt64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const anyInt32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe("an instant", () => {
  it("is the same millisecond at the other end", () => {
    fc.assert(
      fc.property(instant, (at) => {
        expect(timestampFromMessage(timestampToMessage(at))).toBe(at);
      }),
    );
  });

  it("is never earlier than it was given, so that nothing fires early", () => {
    const given = create(TimestampSchema, { seconds: 1n, nanos: 1 });

    expect(timestampFromMessage(given)).toBe(1_001);
    expect(timestampFromMessage(timestampToMessage(1_000.25))).toBe(1_001);
  });

  it("is one that clocks can show, whatever was sent", () => {
    fc.assert(
      fc.property(anyInt64, anyInt32, (seconds, nanos) => {
        const at = timestampFromMessage(create(TimestampSchema, { seconds, nanos }));

        expect(at).toBeGreaterThanOrEqual(EARLIEST);
        expect(at).toBeLessThanOrEqual(LATEST);
      }),
    );
  });
});

describe("a duration", () => {
  it("keeps whole milliseconds, and fractions to the nanosecond, either way", () => {
    const year = 365 * 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: -year, max: year }), fc.integer({ min: 0, max: 999_999 }), (ms, nanos) => {
        expect(durationFromMessage(durationToMessage(ms), "hold")).toBe(ms);
        const fraction = Math.abs(ms) + nanos / 1_000_000;
        expect(durationFromMessage(durationToMessage(fraction), "hold")).toBeCloseTo(fraction, 5);
      }),
    );
  });

  it("is valid protobuf also where rounding fills the second", () => {
    expect(durationToMessage(999.999_999_9)).toMatchObject({ seconds: 1n, nanos: 0 });
    expect(durationToMessage(-1_500)).toMatchObject({ seconds: -1n, nanos: -500_000_000 });
  });

  it.each([
    [315_576_000_001n, 0],
    [-315_576_000_001n, 0],
    [1n, -1],
    [-1n, 1],
    [0n, 1_000_000_000],
    [0n, -1_000_000_000],
    [2n ** 63n - 1n, 2 ** 31 - 1],
  ])("of %d s and %d ns is refused: it is none", (seconds, nanos) => {
    expect(() => durationFromMessage(create(DurationSchema, { seconds, nanos }), "hold")).toThrowError(
      expect.objectContaining({ reason: "INVALID_FIELD", metadata: { field: "hold" } }),
    );
  });
});
