/** Kept on the global object: two copies of this package in one process share it. */
const KEY = Symbol.for("perdure.exports");
const holder = globalThis as { [KEY]?: object };

/** What there is of a module's exports, as `ctx.exports` and `exports` of `cloudflare:workers`. */
export function bindExports(exports: object): void {
  holder[KEY] = exports;
}

/** The module's own exports, to be called: a workflow that is bound by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- `exports.X.create()` must compile without a declaration of X
export const exports: any = new Proxy(
  {},
  {
    get(_, property) {
      const bound = holder[KEY];
      // Inspection and promise machinery ask for symbols and "then": those are no exports.
      if (typeof property === "symbol" || property === "then" || (bound !== undefined && property in bound)) {
        return bound && (Reflect.get(bound, property) as unknown);
      }
      throw new Error(
        `exports.${property} is not there: of a module's exports, the workflows are that \`exports\` of the project's configuration names; others are reached through env`,
      );
    },
    has: (_, property) => Reflect.has(holder[KEY] ?? {}, property),
    ownKeys: () => Reflect.ownKeys(holder[KEY] ?? {}),
    getOwnPropertyDescriptor: (_, property) => {
      const found = Reflect.getOwnPropertyDescriptor(holder[KEY] ?? {}, property);
      // A proxy may not call fixed what its target does not have.
      return found && { ...found, configurable: true };
    },
  },
);
