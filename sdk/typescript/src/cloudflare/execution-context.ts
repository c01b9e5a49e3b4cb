import type { ExecutionContext } from "../workflow.ts";
import { exports } from "./exports.ts";

/** Told of a promise that was left to itself: a warning of the process, not its end. */
export function warnOfRejection(error: unknown): void {
  process.emitWarning(`waitUntil: ${String(error)}`);
}

/**
 * What a workflow, or a handler of a Worker, gets as `ctx`.
 *
 * @param waitUntil Is given each promise that the code leaves to itself. It must not let a rejection go unheard.
 */
export function createExecutionContext(waitUntil: (promise: Promise<unknown>) => void): ExecutionContext {
  return {
    waitUntil: (promise) => waitUntil(Promise.resolve(promise)),
    passThroughOnException() {},
    props: {},
    exports,
  };
}
