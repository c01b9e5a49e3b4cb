import { Buffer } from "node:buffer";
import { types } from "node:util";
import { Tagged } from "cborg";
import { dataCloneError, NotSerialisableError, type ValueUse } from "./errors.ts";
import { errorParts, isError } from "./error-parts.ts";
import { VALUE_DEPTH_MAX } from "./limits.ts";
import { type Path, pathText } from "./path.ts";
import { type Refusal, refuseObject, refusePrimitive } from "./refusal.ts";
import { OBJECT, TAG } from "./tags.ts";
import { typedArrayTag } from "./typed-arrays.ts";
import type { Walk } from "./walk.ts";

/** What the CBOR library takes: primitives, arrays, `Map` for CBOR maps, `Uint8Array`, `Tagged`. */
export type CborItem = unknown;

/** Turns a value into what the CBOR library takes, or says which part of it cannot be stored. */
export class ToCbor {
  readonly #use: ValueUse;
  readonly #walk: Walk;
  /** The objects that the walk is inside of: meeting one again is a circle. */
  readonly #open = new Set<object>();

  constructor(use: ValueUse, walk: Walk) {
    this.#use = use;
    this.#walk = walk;
  }

  /** @throws NotSerialisableError, DOMException (DataCloneError), ValueTooLargeError. */
  convert(value: unknown, path: Path): CborItem {
    switch (typeof value) {
      case "string":
        return this.#string(value);
      case "number":
      case "boolean":
      case "undefined":
        this.#walk.spend(1);
        return value;
      case "bigint":
        this.#walk.spend(1);
        return bigInt(value);
      case "symbol":
      case "function":
        throw this.#refuse(refusePrimitive(value as symbol | (() => unknown)), path);
      case "object":
        return value === null ? null : this.#nested(value, path);
    }
  }

  #string(value: string): CborItem {
    this.#walk.spend(value.length + 1);
    return value.isWellFormed() ? value : new Tagged(TAG.json, Buffer.from(JSON.stringify(value)));
  }

  #nested(value: object, path: Path): CborItem {
    this.#walk.spend(1);
    if (this.#open.has(value)) throw this.#cloneError("part of itself: a circular value", path);
    if (this.#open.size >= VALUE_DEPTH_MAX) {
      throw this.#cloneError(`nested more than ${VALUE_DEPTH_MAX} levels deep`, path);
    }
    this.#open.add(value);
    const item = this.#object(value, path);
    this.#open.delete(value);
    return item;
  }

  #object(value: object, path: Path): CborItem {
    if (types.isProxy(value)) throw this.#refuse(refuseObject(value), path);
    if (Array.isArray(value)) return this.#array(value, path);
    if (isPlain(value)) return this.#entries(Object.entries(value), path);
    if (ArrayBuffer.isView(value)) return this.#view(value, path);
    if (types.isArrayBuffer(value)) return object(OBJECT.arrayBuffer, this.#bytes(value, 0, value.byteLength, path));
    if (types.isDate(value)) return dateItem(Date.prototype.getTime.call(value));
    if (types.isRegExp(value)) return new Tagged(TAG.regExp, [value.source, value.flags]);
    if (types.isMap(value)) return new Tagged(TAG.map, this.#map(value, path));
    if (types.isSet(value)) {
      return new Tagged(
        TAG.set,
        Array.from(Set.prototype.values.call(value), (item, index) =>
          this.convert(item, { parent: path, at: "setElement", index }),
        ),
      );
    }
    if (isError(value)) return object(OBJECT.error, this.#error(value, path));
    if (types.isBoxedPrimitive(value) && !types.isSymbolObject(value)) {
      const primitive = value.valueOf();
      return object(Object.prototype.toString.call(primitive).slice(8, -1), this.convert(primitive, path));
    }
    if (Object.prototype.toString.call(value) === "[object Headers]")
      return object(OBJECT.headers, [...(value as Headers)]);
    throw this.#refuse(refuseObject(value), path);
  }

  #array(value: readonly unknown[], path: Path): CborItem {
    this.#walk.spend(value.length);
    // Array.from visits holes, as undefined.
    const items = Array.from(value, (item, index) => this.convert(item, { parent: path, at: "element", index }));
    const own = Object.keys(value).filter((key) => !isIndex(key, value.length));
    if (own.length === 0) return items;
    const named = value as unknown as Readonly<Record<string, unknown>>;
    return object(
      OBJECT.array,
      items,
      this.#entries(
        own.map((key) => [key, named[key]]),
        path,
      ),
    );
  }

  #entries(entries: readonly (readonly [string, unknown])[], path: Path): Map<CborItem, CborItem> {
    return new Map(
      entries.map(([key, value]) => [this.#string(key), this.convert(value, { parent: path, at: "property", key })]),
    );
  }

  #map(value: ReadonlyMap<unknown, unknown>, path: Path): Map<CborItem, CborItem> {
    return new Map(
      Array.from(Map.prototype.entries.call(value), ([key, item], index): [CborItem, CborItem] => [
        this.convert(key, { parent: path, at: "mapKey", index }),
        this.convert(item, { parent: path, at: "mapValue", key, index }),
      ]),
    );
  }

  #view(value: ArrayBufferView, path: Path): CborItem {
    const bytes = this.#bytes(value.buffer, value.byteOffset, value.byteLength, path);
    if (types.isDataView(value)) return object(OBJECT.dataView, bytes);
    const tag = typedArrayTag(typedArrayName(value));
    return tag === undefined ? bytes : new Tagged(tag, bytes);
  }

  #bytes(buffer: ArrayBufferLike, offset: number, length: number, path: Path): Uint8Array {
    if ("detached" in buffer && buffer.detached) throw this.#cloneError("a detached ArrayBuffer", path);
    this.#walk.spend(length);
    return new Uint8Array(buffer, offset, length);
  }

  #error(error: Error, path: Path): CborItem {
    const { name, message, stack, class: className, properties } = errorParts(error);
    return this.#entries(
      [
        ["name", name],
        ["message", message],
        ...(stack === undefined ? [] : ([["stack", stack]] as const)),
        ...(className === undefined ? [] : ([["class", className]] as const)),
      ],
      path,
    ).set("properties", this.#entries(properties, path));
  }

  #refuse({ fatal, what }: Refusal, path: Path): Error {
    return fatal ? new NotSerialisableError(pathText(path), what, this.#use) : this.#cloneError(what, path);
  }

  #cloneError(what: string, path: Path): DOMException {
    return dataCloneError(pathText(path), what, this.#use);
  }
}

const object = (name: string, ...made: CborItem[]): Tagged => new Tagged(TAG.object, [name, ...made]);

/** Plain objects of this realm and of others: what they inherit from inherits from nothing. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return true;
  return (
    typeof prototype === "object" &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, "hasOwnProperty")
  );
}

const isIndex = (key: string, length: number): boolean => /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < length;

/** The class of a typed array, whatever a subclass such as Node's `Buffer` calls itself. */
function typedArrayName(value: ArrayBufferView): string {
  const getter = Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(Uint8Array.prototype) as object,
    Symbol.toStringTag,
  );
  return getter?.get?.call(value) as string;
}

function dateItem(ms: number): Tagged {
  return Number.isNaN(ms) ? object(OBJECT.date, NaN) : new Tagged(TAG.dateSeconds, ms / 1000);
}

function bigInt(value: bigint): Tagged {
  const magnitude = value < 0n ? -1n - value : value;
  const hex = magnitude.toString(16);
  return new Tagged(
    value < 0n ? TAG.bigNegative : TAG.bigUnsigned,
    Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"),
  );
}
