import { runInNewContext } from "node:vm";

/** Every kind of value that a step may return (docs/values.md), with the form it travels in and what listings show. */
export interface Kind {
  readonly name: string;
  readonly value: unknown;
  readonly form: "json" | "bytes" | "cbor" | undefined;
  /** What comes back, where it is not the same again. */
  readonly back?: unknown;
  readonly shown: unknown;
}

class Names extends Map<string, number> {}
class Numbers extends Array<number> {}

const holes = [1];
holes[3] = 2;

const bytes = new Uint8Array([1, 2, 3]);

// prettier-ignore
export const KINDS: readonly Kind[] = [
  { name: "undefined",         value: undefined,                    form: undefined, shown: null },
  { name: "null",              value: null,                         form: "json",    shown: null },
  { name: "a boolean",         value: true,                         form: "json",    shown: true },
  { name: "a string",          value: "déjà 🚀",                    form: "json",    shown: "déjà 🚀" },
  { name: "half a surrogate",  value: "\ud800",                     form: "json",    shown: "\ud800" },
  { name: "a number",          value: 1.5,                          form: "json",    shown: 1.5 },
  { name: "a large number",    value: 2 ** 60,                      form: "json",    shown: 2 ** 60 },
  { name: "−0",                value: -0,                           form: "cbor",    shown: 0 },
  { name: "NaN",               value: NaN,                          form: "cbor",    shown: null },
  { name: "∞",                 value: Infinity,                     form: "cbor",    shown: null },
  { name: "−∞",                value: -Infinity,                    form: "cbor",    shown: null },
  { name: "a small bigint",    value: 10n,                          form: "cbor",    shown: "[BigInt(10)]" },
  { name: "a large bigint",    value: -(2n ** 70n),                 form: "cbor",    shown: `[BigInt(${-(2n ** 70n)})]` },
  { name: "a date",            value: new Date(1234567890123),      form: "cbor",    shown: "2009-02-13T23:31:30.123Z" },
  { name: "an invalid date",   value: new Date(NaN),                form: "cbor",    shown: null },
  { name: "a regular expression", value: /a\/b/giu,                 form: "cbor",    shown: {} },
  { name: "a map",             value: new Map<unknown, unknown>([["2", 1], ["1", 2], [{ k: 1 }, new Map()]]), form: "cbor", shown: {} },
  { name: "a set",             value: new Set(["b", "a", 1n]),      form: "cbor",    shown: {} },
  { name: "an ArrayBuffer",    value: bytes.slice(0, 2).buffer,     form: "bytes",   shown: "[ArrayBuffer(2 bytes)]" },
  { name: "a Uint8Array",      value: bytes,                        form: "bytes",   shown: "[Uint8Array(3 bytes)]" },
  { name: "a view on a part",  value: bytes.subarray(1, 2),         form: "bytes",   shown: "[Uint8Array(1 bytes)]" },
  { name: "a Buffer",          value: Buffer.from("hi"),            form: "bytes",   shown: "[Uint8Array(2 bytes)]", back: new Uint8Array([104, 105]) },
  { name: "a DataView",        value: new DataView(bytes.buffer, 1, 1), form: "cbor", shown: {}, back: new DataView(new Uint8Array([2]).buffer) },
  { name: "clamped bytes",     value: new Uint8ClampedArray([255]), form: "cbor",    shown: "[Uint8ClampedArray(1 bytes)]" },
  { name: "other typed arrays", value: [new Int8Array([-1]), new Uint16Array([1]), new Int16Array([-1]), new Uint32Array([1]), new Int32Array([-1]), new Float32Array([1.5]), new Float64Array([-0, 0.1]), new BigInt64Array([-1n]), new BigUint64Array([1n])],
    form: "cbor", shown: ["Int8Array(1", "Uint16Array(2", "Int16Array(2", "Uint32Array(4", "Int32Array(4", "Float32Array(4", "Float64Array(16", "BigInt64Array(8", "BigUint64Array(8"].map((text) => `[${text} bytes)]`) },
  { name: "an object",         value: { b: 1, a: [{ c: null }] },   form: "json",    shown: { b: 1, a: [{ c: null }] } },
  { name: "bytes in an object", value: { b: bytes, c: bytes.slice().buffer }, form: "cbor", shown: { b: "[Uint8Array(3 bytes)]", c: "[ArrayBuffer(3 bytes)]" } },
  { name: "an undefined property", value: { a: undefined, b: 1 },   form: "cbor",    shown: { b: 1 } },
  { name: "an array with undefined", value: [undefined],            form: "cbor",    shown: [null] },
  { name: "an array with holes", value: holes,                      form: "cbor",    shown: [1, null, null, 2], back: [1, undefined, undefined, 2] },
  { name: "a match",           value: /(?:b)/.exec("abc"),          form: "cbor",    shown: ["b"] },
  { name: "a key __proto__",   value: JSON.parse('{"__proto__":{"x":1}}'), form: "json", shown: JSON.parse('{"__proto__":{"x":1}}') },
  { name: "a key __proto__ in CBOR", value: JSON.parse('{"__proto__":{"x":1}}', (_, v: unknown) => (v === 1 ? -0 : v)), form: "cbor", shown: JSON.parse('{"__proto__":{"x":0}}') },
  { name: "half a surrogate in CBOR", value: { "\udc00": new Set(["\ud800"]) }, form: "cbor", shown: { "\udc00": {} } },
  { name: "U+FEFF in CBOR",    value: { "\ufeff": new Set(["\ufeff", `\ufeff${"a".repeat(300)}`, "a\ufeff"]) }, form: "cbor", shown: { "\ufeff": {} } },
  { name: "boxed primitives",  value: [Object(5), Object("s"), Object(false), Object(5n)], form: "cbor", shown: [5, "s", false, "[BigInt(5)]"] },
  { name: "headers",           value: new Headers({ "x-a": "1" }),  form: "cbor",    shown: {} },
  { name: "a class of maps",   value: new Names([["a", 1]]),        form: "cbor",    shown: {}, back: new Map([["a", 1]]) },
  { name: "a class of arrays", value: Numbers.from([1, 2]),         form: "cbor",    shown: [1, 2], back: [1, 2] },
  { name: "an object of another realm", value: runInNewContext("({ a: [1] })"), form: "cbor", shown: { a: [1] }, back: { a: [1] } },
  { name: "a symbol key",      value: { [Symbol("x")]: 1, a: 1 },   form: "json",    shown: { a: 1 }, back: { a: 1 } },
  { name: "a getter",          value: { get a() { return 1; } },    form: "json",    shown: { a: 1 }, back: { a: 1 } },
];
