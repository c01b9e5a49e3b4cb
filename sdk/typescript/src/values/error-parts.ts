import { types } from "node:util";

/** An error taken apart. What it was made with comes back by {@link rebuildError}. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Only "DOMException": for all others the name tells the class. */
  readonly class?: "DOMException";
  /** Its own enumerable properties, and `cause` and `errors` if it has them. */
  readonly properties: readonly (readonly [key: string, value: unknown])[];
}

/** Classes whose name brings them back. Any other name becomes an `Error` with that name. */
const BUILT_IN: ReadonlyMap<string, (message: string) => Error> = new Map([
  ...[EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
    (type) => [type.name, (message: string): Error => new type(message)] as const,
  ),
  ["AggregateError", (message: string): Error => new AggregateError([], message)] as const,
]);

/** Kept apart from the others, or not the error's own. */
const NOT_PROPERTIES: ReadonlySet<string> = new Set(["name", "message", "stack"]);

/** Errors of any realm, `DOMException` among them. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Takes an error apart. Never throws: a property whose getter does is left out. */
export function errorParts(error: Error): ErrorParts {
  const [name, message, stack] = ["name", "message", "stack"].map((key) => read(error, key));
  const hidden = ["cause", "errors"].filter((key) => Object.hasOwn(error, key));
  const keys = new Set([...Object.keys(error), ...hidden]);
  return {
    name: typeof name === "string" || typeof name === "number" ? String(name) : "Error",
    message: typeof message === "string" ? message : "",
    ...(typeof stack === "string" && { stack }),
    ...(error instanceof DOMException && { class: "DOMException" as const }),
    properties: readable(
      error,
      [...keys].filter((key) => !NOT_PROPERTIES.has(key)),
    ),
  };
}

/** Enumerable properties of an object's own, but for those whose getter throws. */
export function ownProperties(value: object): [key: string, value: unknown][] {
  return readable(value, Object.keys(value));
}

const UNREADABLE = Symbol("unreadable");

function readable(value: object, keys: readonly string[]): [key: string, value: unknown][] {
  return keys
    .map((key): [string, unknown] => [key, read(value, key)])
    .filter(([, property]) => property !== UNREADABLE);
}

function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key) as unknown;
  } catch {
    return UNREADABLE;
  }
}

/** Puts an error together: same class for built-in names, else an `Error` with that name. */
export function rebuildError(parts: ErrorParts): Error {
  const error =
    parts.class === "DOMException"
      ? new DOMException(parts.message, parts.name)
      : (BUILT_IN.get(parts.name)?.(parts.message) ?? new Error(parts.message));
  const own = new Map<string, unknown>(parts.properties.filter(([key]) => !NOT_PROPERTIES.has(key)));
  if (error.name !== parts.name) own.set("name", parts.name);
  for (const [key, value] of own) {
    Object.defineProperty(error, key, { value, writable: true, enumerable: true, configurable: true });
  }
  // Never that of the decoder: it would point into this package, and differ between live and replay.
  const stack = parts.stack ?? `${parts.name}: ${parts.message}`;
  Object.defineProperty(error, "stack", { value: stack, writable: true, enumerable: false, configurable: true });
  return error;
}
