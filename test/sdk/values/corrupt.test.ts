import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeValue } from "perdure/values/decode";
import { encodeValue } from "perdure/values/encode";
import { CorruptPayloadError } from "perdure/values/errors";
import { jsonForm } from "perdure/values/json-form";
import { KINDS } from "./kinds.ts";

const cbor = (value: Uint8Array) => ({ content: { case: "cbor", value } as const });

const hex = (text: string) => cbor(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("a stored value that cannot be read", () => {
  it.each([
    ["nothing", ""],
    ["half an item", "19"],
    ["two items", "01 02"],
    ["an array that promises four thousand million items", "9a ffffffff 01"],
    ["a text that promises four thousand million bytes", "7a ffffffff 61"],
    ["a byte string longer than memory", "5b 7fffffffffffffff 00"],
    ["a tag without content", "c1"],
    ["a lone break", "ff"],
    ["a million open arrays", "81".repeat(1e6)],
    ["a million open tags", "c1".repeat(1e6)],
    ["an unknown tag", "c4 82 01 02"],
    ["an unknown simple value", "f0"],
    ["a date of text", "c1 61 61"],
    ["a date text that is none", "c0 61 61"],
    ["a big integer of text", "c2 61 61"],
    ["a map of an array", "d90103 80"],
    ["a set of a number", "d90102 01"],
    ["a regular expression that is none", "d9524a 82 61 28 60"],
    ["a regular expression with unknown flags", "d9524a 82 61 61 61 71"],
    ["three bytes of 16-bit numbers", "d845 43 010203"],
    ["an object of an unknown class", "d81b 82 63 466f6f a0"],
    ["an object of a class by a prototype's name", "d81b 82 6b 636f6e7374727563746f72 a0"],
    ["a boxed number that is a text", "d81b 82 66 4e756d626572 61 61"],
    ["an object without a class", "d81b 80"],
    ["an error that is a number", "d81b 82 65 4572726f72 01"],
    ["JSON text that is none", "d90106 41 7b"],
    ["JSON text that is no string", "d90106 42 7b7d"],
  ])("as it is %s, is a CorruptPayloadError", (_, text) => {
    expect(() => decodeValue(hex(text))).toThrow(CorruptPayloadError);
    expect(() => decodeValue(hex(text))).toThrow(/^A stored value is no CBOR that can be read: ./);
  });

  it("as JSON is a CorruptPayloadError too", () => {
    expect(() => decodeValue({ content: { case: "json", value: "{" } })).toThrow(
      /^A stored value is no JSON that can be read: ./,
    );
  });

  it("is a value or a CorruptPayloadError, whatever its bytes, and changes nothing else", () => {
    const valid = KINDS.flatMap(({ value }) => {
      const { content } = encodeValue([-0, value]);
      return content.case === "cbor" ? [content.value] : [];
    });
    const damaged = fc
      .tuple(
        fc.constantFrom(...valid),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
      )
      .map(([bytes, changes]) => {
        const copy = Uint8Array.from(bytes);
        for (const [place, byte] of changes) copy[place % copy.length] = byte;
        return copy;
      });

    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), damaged), (bytes) => {
        expect(["a value", "a CorruptPayloadError"]).toContain(outcomeOf(bytes));
      }),
      { numRuns: 20_000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe("a value from a writer in another language", () => {
  it.each([
    ["a map with numbers as keys is a Map", "a1 01 02", new Map([[1, 2]])],
    ["a map with texts as keys is an object", "a1 61 61 02", { a: 2 }],
    ["an integer beyond 2^53 is a bigint", "1b ffffffffffffffff", 2n ** 64n - 1n],
    ["a big integer with leading zeros", "c2 43 000001", 1n],
    ["an empty big integer", "c2 40", 0n],
    ["a date as text", "c0 74 323032362d31312d32335430333a31373a30305a", new Date("2026-11-23T03:17:00Z")],
    ["bytes that say they are", "d840 42 0102", new Uint8Array([1, 2])],
    ["16-bit numbers, big-endian", "d841 44 0001 0100", new Uint16Array([1, 256])],
    ["16-bit numbers, little-endian", "d845 44 0100 0001", new Uint16Array([1, 256])],
    ["64-bit floats, big-endian", "d852 48 3ff8000000000000", new Float64Array([1.5])],
    ["an array whose length comes at the end", "9f 01 02 ff", [1, 2]],
    ["CBOR that says it is", "d9d9f7 01", 1],
    ["a key __proto__", "a1 69 5f5f70726f746f5f5f a1 61 78 01", JSON.parse('{"__proto__":{"x":1}}')],
    ["the later of two values of a key", "a2 61 61 01 61 61 02", { a: 2 }],
  ])("%s", (_, text, value) => {
    expect(decodeValue(hex(text))).toStrictEqual(value);
  });

  it("as bytes of a kind unknown here is a Uint8Array", () => {
    const payload = { content: { case: "bytes", value: Buffer.from([1]) } as const, kind: "memoryview" };
    expect(decodeValue(payload)).toStrictEqual(new Uint8Array([1]));
  });
});

function outcomeOf(bytes: Uint8Array): unknown {
  try {
    JSON.stringify(jsonForm(decodeValue(cbor(bytes))));
    return "a value";
  } catch (error) {
    return error instanceof CorruptPayloadError ? "a CorruptPayloadError" : error;
  }
}
