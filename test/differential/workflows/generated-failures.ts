import { NonRetryableError } from "cloudflare:workflows";
import type { FailureKind } from "../src/generated/program.ts";
import { valueOf } from "../src/generated/values.ts";

class OwnError extends Error {
  override readonly name = "OwnError";
  readonly code = 42;
  readonly data = valueOf("list");
}

const FAILURES = {
  Error: (message) => new Error(message),
  TypeError: (message) => new TypeError(message),
  RangeError: (message) => new RangeError(message),
  "own class": (message) => new OwnError(message),
  "with cause": (message) => new Error(message, { cause: new TypeError("the cause") }),
  text: (message) => message,
  NonRetryableError: (message) => new NonRetryableError(message),
} as const satisfies Record<FailureKind, (message: string) => unknown>;

/** What is thrown for a kind of failure. */
export const failureOf = (kind: FailureKind, message: string): unknown => FAILURES[kind](message);
