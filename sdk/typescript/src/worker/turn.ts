/** A function of Node's own: a workflow's tests may fake the global one. */
const { setImmediate } = globalThis;

/** Resolves when all that follows from what was settled so far has run: the microtask queue is empty then. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
