/** Says what a value is, in a text that is the same in every engine: class, content, and what JSON would lose. */
export function described(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${Array.from(value, described).join(", ")}]`;
  if (value instanceof Date) return `Date ${Number.isNaN(value.getTime()) ? "invalid" : value.toISOString()}`;
  if (value instanceof RegExp) return `RegExp ${String(value)}`;
  if (value instanceof Map) return `Map ${described([...value])}`;
  if (value instanceof Set) return `Set ${described([...value])}`;
  if (value instanceof DOMException) return `DOMException ${value.name}: ${value.message}`;
  if (value instanceof Error) return describedError(value);
  if (value instanceof ArrayBuffer) return `ArrayBuffer ${described([...new Uint8Array(value)])}`;
  if (ArrayBuffer.isView(value)) return describedView(value);
  if (value instanceof Number || value instanceof String || value instanceof Boolean)
    return `boxed ${described(value.valueOf())}`;
  const fields = fieldsOf(value).map(([key, field]) => `${key}: ${described(field)}`);
  return `${classOf(value)}{${fields.join(", ")}}`;
}

const classOf = (value: object): string => {
  const name: unknown = Reflect.get(value, "constructor");
  return typeof name === "function" && name !== Object ? `${name.name} ` : "";
};

/** Told by themselves, or put on a thrown value by the local engine's transport. */
const UNTOLD = new Set(["stack", "name", "message", "cause", "errors", "remote", "durableObjectId", "isUserError"]);

const fieldsOf = (value: object): readonly (readonly [key: string, value: unknown])[] =>
  Object.entries(value).filter(([key]) => !UNTOLD.has(key));

function describedError(error: Error): string {
  const own = fieldsOf(error).map(([key, field]) => ` ${key}=${described(field)}`);
  const inner = error instanceof AggregateError ? ` of ${described(error.errors)}` : "";
  const cause = error.cause === undefined ? "" : ` caused by ${described(error.cause)}`;
  return `${error.constructor.name} ${error.name}: ${error.message}${own.join("")}${inner}${cause}`;
}

function describedView(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return `${view.constructor.name} ${described([...bytes])} in ${view.buffer.byteLength} bytes`;
}
