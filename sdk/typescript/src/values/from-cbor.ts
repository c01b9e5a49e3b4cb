import { Buffer } from "node:buffer";
import { Tagged } from "cborg";
import { rebuildError } from "./error-parts.ts";
import { BOXED, OBJECT, TAG } from "./tags.ts";
import type { CborItem } from "./to-cbor.ts";
import { TYPED_ARRAY_TAGS, typedArrayOf } from "./typed-arrays.ts";

/** Tags that the CBOR library is to hand over. Any other is an error of its own. */
export const KNOWN_TAGS: readonly number[] = [...Object.values(TAG), ...TYPED_ARRAY_TAGS];

/** Turns what the CBOR library gives into a value. @throws Error saying which item is malformed. */
export function fromCbor(item: CborItem): unknown {
  if (item instanceof Tagged) return fromTag(item.tag, item.value);
  if (item instanceof Map) return fromMap(item);
  // The library's empty byte string is one object for all.
  if (item instanceof Uint8Array && item.length === 0) return new Uint8Array();
  return Array.isArray(item) ? item.map(fromCbor) : item;
}

/** A CBOR map: a plain object when all keys are text, as other languages' objects are; else a `Map`. */
function fromMap(map: ReadonlyMap<CborItem, CborItem>): unknown {
  const entries = mapEntries(map);
  if (!entries.every((entry): entry is [string, unknown] => typeof entry[0] === "string")) return new Map(entries);
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) setOwn(object, key, value);
  return object;
}

const mapEntries = (map: ReadonlyMap<CborItem, CborItem>): [unknown, unknown][] =>
  Array.from(map, ([key, value]) => [fromCbor(key), fromCbor(value)]);

/** An assignment to `__proto__` would change the object's prototype. */
function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function fromTag(tag: number, content: CborItem): unknown {
  switch (tag) {
    case TAG.dateText:
      return dateOf(text(content));
    case TAG.dateSeconds:
      return dateOfSeconds(number(content));
    case TAG.bigUnsigned:
      return magnitude(content);
    case TAG.bigNegative:
      return -1n - magnitude(content);
    case TAG.object:
      return fromObject(array(content));
    case TAG.set:
      return new Set(array(content).map(fromCbor));
    case TAG.map:
      return new Map(mapEntries(cborMap(content)));
    case TAG.json:
      return text(JSON.parse(Buffer.from(bytes(content)).toString()));
    case TAG.regExp: {
      const [source, flags] = array(content);
      return new RegExp(text(source), text(flags ?? ""));
    }
    case TAG.selfDescribed:
      return fromCbor(content);
    default:
      return typedArrayOf(tag, bytes(content));
  }
}

/** [class, …] with the classes of tags.ts. */
function fromObject([name, first, second]: readonly CborItem[]): unknown {
  switch (name) {
    case OBJECT.arrayBuffer:
      return Uint8Array.from(bytes(first)).buffer;
    case OBJECT.dataView:
      return new DataView(Uint8Array.from(bytes(first)).buffer);
    case OBJECT.date:
      return dateOfSeconds(number(first));
    case OBJECT.headers:
      return new Headers(array(first).map((pair): [string, string] => [text(array(pair)[0]), text(array(pair)[1])]));
    case OBJECT.error:
      return fromErrorMap(mapEntries(cborMap(first)));
    case OBJECT.array: {
      const items = array(first).map(fromCbor);
      for (const [key, value] of mapEntries(cborMap(second))) setOwn(items, text(key), value);
      return items;
    }
  }
  const primitive = fromCbor(first);
  if (BOXED.some((boxed) => boxed === name && boxed.toLowerCase() === typeof primitive))
    return Object(primitive) as unknown;
  throw new Error(`objects of class ${JSON.stringify(name)} are not known here`);
}

function fromErrorMap(entries: readonly (readonly [unknown, unknown])[]): Error {
  const { name, message, stack, class: className, properties } = Object.fromEntries(entries) as Record<string, unknown>;
  return rebuildError({
    name: name === undefined ? "Error" : text(name),
    message: message === undefined ? "" : text(message),
    ...(stack !== undefined && { stack: text(stack) }),
    ...(className === "DOMException" && { class: className }),
    properties: typeof properties === "object" && properties !== null ? Object.entries(properties) : [],
  });
}

/**
 * A double of seconds is closer to its millisecond than half of one, over the whole range of dates. The product
 * with 1000 need not be: the part after the point is taken apart before it is rounded.
 */
function dateOfSeconds(seconds: number): Date {
  const whole = Math.floor(seconds);
  return new Date(whole * 1000 + Math.round((seconds - whole) * 1000));
}

function dateOf(rfc3339: string): Date {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) throw new Error(`${JSON.stringify(rfc3339)} is no date`);
  return date;
}

function magnitude(content: CborItem): bigint {
  return BigInt(`0x0${Buffer.from(bytes(content)).toString("hex")}`);
}

const malformed = (wanted: string, found: CborItem): Error =>
  new Error(`${wanted} expected, found ${found === null ? "null" : typeof found}`);

function text(item: CborItem): string {
  if (typeof item !== "string") throw malformed("text", item);
  return item;
}

function number(item: CborItem): number {
  if (typeof item !== "number") throw malformed("a number", item);
  return item;
}

function bytes(item: CborItem): Uint8Array {
  if (!(item instanceof Uint8Array)) throw malformed("a byte string", item);
  return item;
}

function array(item: CborItem): readonly CborItem[] {
  if (!Array.isArray(item)) throw malformed("an array", item);
  return item as CborItem[];
}

function cborMap(item: CborItem): ReadonlyMap<CborItem, CborItem> {
  if (!(item instanceof Map)) throw malformed("a map", item);
  return item;
}
