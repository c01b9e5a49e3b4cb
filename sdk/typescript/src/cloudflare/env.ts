import { AsyncLocalStorage } from "node:async_hooks";

interface Bound {
  env: object | undefined;
  readonly scoped: AsyncLocalStorage<object>;
}

/** Kept on the global object: two copies of this package in one process share it. */
const KEY = Symbol.for("perdure.env");
const holder = globalThis as { [KEY]?: Bound };
const bound: Bound = (holder[KEY] ??= { env: undefined, scoped: new AsyncLocalStorage() });

/** Makes `env` of `cloudflare:workers` this object. The worker calls it before the first instance runs. */
export function bindEnv(env: object): void {
  bound.env = env;
}

function current(property: PropertyKey): object {
  const env = bound.scoped.getStore() ?? bound.env;
  if (env !== undefined) return env;
  // Inspection and promise machinery ask for symbols and "then": they may look at it early.
  if (typeof property === "symbol" || property === "then") return {};
  throw new Error(
    `env.${property} was read before the worker had an env: read it inside run(), not at the top of the module`,
  );
}

/** The bindings, importable anywhere: the same object as `this.env`. */
export const env: object = new Proxy(
  {},
  {
    get: (_, property) => Reflect.get(current(property), property) as unknown,
    has: (_, property) => Reflect.has(bound.scoped.getStore() ?? bound.env ?? {}, property),
    ownKeys: () => Reflect.ownKeys(bound.scoped.getStore() ?? bound.env ?? {}),
    getOwnPropertyDescriptor: (_, property) => {
      const found = Reflect.getOwnPropertyDescriptor(bound.scoped.getStore() ?? bound.env ?? {}, property);
      // A proxy may not call fixed what its target does not have.
      return found && { ...found, configurable: true };
    },
    set: (_, property, value) => Reflect.set(current(property), property, value),
  },
);

/** Runs a function, and what it starts, with another `env`. */
export function withEnv<T>(newEnv: object, fn: () => T): T {
  return bound.scoped.run(newEnv, fn);
}
