import { types } from "node:util";
import { VALUE_DEPTH_MAX } from "./limits.ts";
import type { Walk } from "./walk.ts";

/**
 * Whether JSON text holds a value entirely: read back, it is the same.
 *
 * One pass without allocations but the key lists, as this is every ordinary value's way.
 */
export function isJson(value: unknown, walk: Walk, depth = 0): boolean {
  switch (typeof value) {
    case "string":
      walk.spend(value.length + 2);
      return true;
    case "number":
      walk.spend(1);
      return Number.isFinite(value) && !Object.is(value, -0);
    case "boolean":
      walk.spend(4);
      return true;
    case "object":
      return value === null || (depth < VALUE_DEPTH_MAX && isJsonObject(value, walk, depth + 1));
    case "undefined":
    case "bigint":
    case "symbol":
    case "function":
      return false;
  }
}

function isJsonObject(value: object, walk: Walk, depth: number): boolean {
  if (types.isProxy(value)) return false;
  walk.spend(2);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    // More keys than elements: properties of its own, as the result of a regular expression has. Fewer: holes.
    if (prototype !== Array.prototype || Object.keys(value).length !== value.length) return false;
    for (const item of value as unknown[]) if (!isJson(item, walk, depth)) return false;
    return true;
  }
  if (prototype !== Object.prototype) return false;
  for (const key of Object.keys(value)) {
    walk.spend(key.length + 3);
    if (!isJson((value as Record<string, unknown>)[key], walk, depth)) return false;
  }
  return true;
}
