import { types } from "node:util";
import { VALUE_DEPTH_MAX } from "./limits.ts";

/**
 * What `status().output`, logs and tables show of a value: something that `JSON.stringify` takes as it is.
 *
 * Dates become text, an invalid one null; maps, sets, regular expressions `{}`; bytes and bigints a text that
 * says what they are; undefined null, or nothing where it is a property. Never throws on a decoded value.
 *
 * @example
 * jsonForm({ at: new Date(0), big: 10n, raw: new Uint8Array(3) });
 * // { at: "1970-01-01T00:00:00.000Z", big: "[BigInt(10)]", raw: "[Uint8Array(3 bytes)]" }
 */
export function jsonForm(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case "number":
      // Adding 0 makes −0 a 0.
      return Number.isFinite(value) ? value + 0 : null;
    case "bigint":
      return `[BigInt(${value})]`;
    case "string":
    case "boolean":
      return value;
    case "undefined":
    case "symbol":
    case "function":
      return null;
    case "object":
      return value === null ? null : depth < VALUE_DEPTH_MAX ? objectForm(value, depth + 1) : "[…]";
  }
}

function objectForm(value: object, depth: number): unknown {
  if (Array.isArray(value)) return Array.from(value, (item) => jsonForm(item, depth));
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (types.isBoxedPrimitive(value)) return jsonForm(value.valueOf(), depth);
  if (types.isArrayBuffer(value)) return `[ArrayBuffer(${value.byteLength} bytes)]`;
  if (types.isTypedArray(value)) return `[${value[Symbol.toStringTag]}(${value.byteLength} bytes)]`;
  // What they hold is not in properties.
  if (value instanceof DOMException) return { name: value.name, message: value.message, code: value.code };
  const form: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    Object.defineProperty(form, key, {
      value: jsonForm(item, depth),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return form;
}
