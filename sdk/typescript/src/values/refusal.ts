import { types } from "node:util";

/** Why a value cannot be stored, and whether that ends the instance. */
export interface Refusal {
  readonly fatal: boolean;
  /** Completes "output.items[3] is …". */
  readonly what: string;
}

const fatal = (what: string): Refusal => ({ fatal: true, what });
const cloneError = (what: string): Refusal => ({ fatal: false, what });

/** Objects by what `Object.prototype.toString` says of them, with what to store instead. */
const BY_TAG: Readonly<Record<string, Refusal>> = {
  Response: fatal("a Response: return what you need of it, `await response.json()` for instance"),
  ReadableStream: fatal("a ReadableStream within a value: a step may return one by itself, and nothing else"),
  WritableStream: fatal("a WritableStream"),
  TransformStream: fatal("a TransformStream"),
  Request: cloneError("a Request: return its URL and what else you need"),
  Blob: cloneError("a Blob: return its bytes, `await blob.arrayBuffer()`"),
  File: cloneError("a File: return its bytes, `await file.arrayBuffer()`"),
  URL: cloneError("a URL: return its text, `url.href`"),
  URLSearchParams: cloneError("URLSearchParams: return its text, `params.toString()`"),
  Promise: cloneError("a promise: is an `await` missing?"),
  WeakMap: cloneError("a WeakMap"),
  WeakSet: cloneError("a WeakSet"),
  WeakRef: cloneError("a WeakRef"),
  SharedArrayBuffer: cloneError("a SharedArrayBuffer: return a copy, `buffer.slice()`"),
};

/** The registered mark of objects passed by reference (cloudflare/workers.ts). */
const RPC_TARGET = Symbol.for("perdure.RpcTarget");

/** Refusal of an object that has no stored form. */
export function refuseObject(value: object): Refusal {
  if (types.isProxy(value)) return fatal("a Proxy");
  if (RPC_TARGET in value) return fatal(`an RpcTarget (${className(value)}), which only makes sense where it is`);
  const byTag = BY_TAG[Object.prototype.toString.call(value).slice(8, -1)];
  if (byTag !== undefined) return byTag;
  if (Object.getPrototypeOf(value) === null) return cloneError("an object without prototype: return `{ ...it }`");
  return cloneError(`an instance of ${className(value)}: return its data as a plain object`);
}

/** Refusal of a function or a symbol. */
export function refusePrimitive(value: symbol | ((...args: never) => unknown)): Refusal {
  if (typeof value === "symbol") return cloneError("a symbol");
  return fatal(types.isProxy(value) ? "a Proxy" : value.name === "" ? "a function" : `a function (${value.name})`);
}

function className(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "a class";
}
