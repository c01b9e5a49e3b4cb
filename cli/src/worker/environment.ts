import type { Client } from "perdure/client";
import { loadModule } from "perdure/loader";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";
import { bindingName } from "./served.ts";

/**
 * Builds what workflows find in `this.env`: the default export of a module, an object or a function that gives
 * one; `{}` without a module.
 *
 * @throws {CommandRefused} when the module has nothing of the kind; whatever the module throws.
 */
export async function loadEnvironment(module: string | undefined): Promise<object> {
  if (module === undefined) return {};
  const { default: exported } = await loadModule(module);
  const env: unknown = typeof exported === "function" ? await (exported as () => unknown)() : exported;
  if (typeof env === "object" && env !== null && Object.isExtensible(env)) return env;
  throw new CommandRefused(
    "INVALID_ENV",
    `${module} needs a default export that is an object, or a function that returns one: it becomes this.env`,
    EXIT.usage,
  );
}

/** Puts a binding of each workflow into `env`, unless the module has put something of that name there. */
export function addBindings(env: object, workflows: Iterable<string>, client: Client): void {
  for (const workflow of workflows) {
    const name = bindingName(workflow);
    if (!(name in env)) Object.assign(env, { [name]: client.workflow(workflow) });
  }
}
