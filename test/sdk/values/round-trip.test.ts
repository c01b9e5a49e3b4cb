import assert from "node:assert";
import { toBinary } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PayloadSchema } from "perdure/proto/perdure/v1/payload_pb";
import { decodeValue } from "perdure/values/decode";
import { encodeValue, payloadBytes } from "perdure/values/encode";
import { jsonForm } from "perdure/values/json-form";
import { KINDS } from "./kinds.ts";

/** Strings of any UTF-16 units, halves of surrogate pairs among them. */
const anyString = fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 8 });

/** What structured cloning takes, holes and foreign prototypes apart: those are in the table. */
const cloneable = fc.anything({
  key: anyString,
  values: [
    fc.constantFrom<unknown>(null, undefined, true, false, /a/g, /[\ud83d]\/u?/),
    fc.integer(),
    fc.double(),
    fc.string(),
    anyString,
    fc.date({ noInvalidDate: false }),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.buffer),
  ],
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withObjectString: true,
  maxDepth: 4,
});

describe("a value", () => {
  it.each(KINDS)(
    "that is $name comes back as the same kind, live and replayed",
    ({ value, back = value, form, shown }) => {
      const live = encodeValue(value);
      const first = decodeValue(live);
      const replayed = decodeValue(encodeValue(first));

      expect(live.content.case).toBe(form);
      assert.deepStrictEqual(first, back);
      assert.deepStrictEqual(replayed, back);
      assert.deepStrictEqual(jsonForm(first), shown);
    },
  );

  it("of any kind comes back equal, and encodes to the same bytes again", () => {
    fc.assert(
      fc.property(cloneable, (value) => {
        const payload = encodeValue(value);
        const back = decodeValue(payload);
        assert.deepStrictEqual(back, value);
        assert.deepStrictEqual(toBinary(PayloadSchema, encodeValue(back)), toBinary(PayloadSchema, payload));
      }),
      { numRuns: 1000 },
    );
  });

  it("travels as JSON exactly when JSON holds all of it", () => {
    fc.assert(
      fc.property(cloneable, (value) => {
        const text = JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? "" : part)) as
          string | undefined;
        const isJson = text !== undefined && isSame(JSON.parse(text), value);
        expect(encodeValue(value).content.case === "json").toBe(isJson);
      }),
      { numRuns: 1000 },
    );
  });

  it("is shown as something that JSON holds", () => {
    fc.assert(
      fc.property(cloneable, (value) => {
        const shown = jsonForm(value);
        assert.deepStrictEqual(JSON.parse(JSON.stringify(shown)), shown);
      }),
    );
  });

  it("that is a date keeps its millisecond over the whole range", () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
        expect((decodeValue(encodeValue(new Date(ms))) as Date).getTime()).toBe(ms);
      }),
      // Where a double of seconds has half a millisecond to spare, and the double of their milliseconds has not.
      { numRuns: 10_000, examples: [[-4_459_193_234_033_261], [4_450_000_000_000_001], [8.64e15 - 1], [-8.64e15 + 1]] },
    );
  });

  it("keeps the order of keys, of maps and of sets", () => {
    const value = {
      zz: 1,
      a: new Set(["zz", "a"]),
      m: new Map([
        ["10", 0],
        ["9", 0],
      ]),
      mark: -0,
    };
    const back = decodeValue(encodeValue(value)) as typeof value;

    expect(Object.keys(back)).toEqual(["zz", "a", "m", "mark"]);
    expect([...back.a]).toEqual(["zz", "a"]);
    expect([...back.m.keys()]).toEqual(["10", "9"]);
  });

  it("is copied: later changes to it, or to what came back, change neither", () => {
    const bytes = new Uint8Array([1, 2]);
    for (const value of [bytes, bytes.buffer, { bytes }, { buffer: bytes.buffer }]) {
      const payload = encodeValue(value);
      bytes[0] = 9;
      const back = decodeValue(payload);
      for (const found of bytesOf(back)) found.fill(7);
      for (const found of bytesOf(decodeValue(payload))) expect(found).toEqual(new Uint8Array([1, 2]));
      bytes[0] = 1;
    }
  });

  it("is read out of a Buffer as out of any bytes", () => {
    const { content } = encodeValue({ a: new Uint8Array([1, 2]), b: -0 });
    if (content.case !== "cbor") throw new Error("no CBOR");
    const pool = Buffer.concat([Buffer.from([0]), content.value, Buffer.from([0])]);

    const back = decodeValue({ content: { case: "cbor", value: pool.subarray(1, -1) } });
    pool.fill(0xff);
    assert.deepStrictEqual(back, { a: new Uint8Array([1, 2]), b: -0 });
  });

  it("of bytes does not carry the rest of the memory it lies in", () => {
    const view = new Uint8Array(1000).subarray(10, 12);
    for (const value of [view, { view }]) {
      const payload = encodeValue(value);
      expect(payloadBytes(payload)).toBeLessThan(20);
      expect(bytesOf(decodeValue(payload))[0]?.buffer.byteLength).toBe(2);
    }
  });

  it("that is an object met twice is stored twice", () => {
    const shared = { n: 1 };
    const back = decodeValue(encodeValue([shared, shared])) as object[];

    expect(back).toEqual([{ n: 1 }, { n: 1 }]);
    expect(back[0]).not.toBe(back[1]);
  });
});

function bytesOf(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (value instanceof ArrayBuffer) return [new Uint8Array(value)];
  return Object.values(value as object).flatMap(bytesOf);
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
