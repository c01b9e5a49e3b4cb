import type { ExecutionContext } from "perdure/workflow";
import type { ScheduledController } from "./scheduled-controller.ts";

type Call = (...args: readonly unknown[]) => unknown;

/** A Worker's default export, as it may be called. */
export interface Handlers {
  /** Undefined when there is none of the name. */
  readonly fetch: ((request: Request, ctx: ExecutionContext) => Promise<unknown>) | undefined;
  readonly scheduled: ((controller: ScheduledController, ctx: ExecutionContext) => Promise<unknown>) | undefined;
  /** Names of handlers that nothing calls here. */
  readonly unheard: readonly string[];
}

/** What only the platform itself can call. */
const UNHEARD = ["queue", "email", "tail", "tailStream", "trace", "connect"];

/**
 * The handlers of a default export: an object's, called with the argument, `env` and `ctx`; or those of a class that
 * extends `WorkerEntrypoint`, made anew for each call.
 */
export function handlersOf(exported: unknown, env: object): Handlers {
  const isClass = typeof exported === "function";
  const target: unknown = isClass ? exported.prototype : exported;
  const called = (name: string): ((argument: unknown, ctx: ExecutionContext) => Promise<unknown>) | undefined => {
    if (!hasMethod(target, name)) return undefined;
    return async (argument, ctx) => {
      if (!isClass) return methodOf(exported, name)(argument, env, ctx);
      const Entrypoint = exported as unknown as new (ctx: ExecutionContext, env: object) => object;
      return methodOf(new Entrypoint(ctx, env), name)(argument);
    };
  };
  return {
    fetch: called("fetch"),
    scheduled: called("scheduled"),
    unheard: UNHEARD.filter((name) => hasMethod(target, name)),
  };
}

function hasMethod(target: unknown, name: string): boolean {
  if ((typeof target !== "object" && typeof target !== "function") || target === null) return false;
  return typeof (target as Readonly<Record<string, unknown>>)[name] === "function";
}

function methodOf(target: unknown, name: string): Call {
  const method = (target as Readonly<Record<string, Call>>)[name];
  return (...args) => method?.apply(target, [...args]);
}
