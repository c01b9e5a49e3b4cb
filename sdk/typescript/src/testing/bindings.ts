import type { Introspection } from "./introspection.ts";

interface Bound {
  readonly introspection: Introspection;
  readonly workflow: string;
}

/** Which workflow of which test engine a binding leads to. */
const known = new WeakMap<object, Bound>();

/** Lets a binding be introspected. */
export function noteBinding<T extends object>(binding: T, bound: Bound): T {
  known.set(binding, bound);
  return binding;
}

/** @throws Error for a binding that no test engine made. */
export function bindingOf(binding: object, asker: string): Bound {
  const bound = known.get(binding);
  if (bound !== undefined) return bound;
  throw new Error(
    `[WorkflowIntrospector] ${asker}() needs a binding that a test engine made: engine.workflow("Name"), or one in engine.env`,
  );
}
