import { inspect } from "node:util";
import { createClient } from "perdure/client";
import { WorkflowLoadError } from "perdure/loader";
import { type Log, serve } from "perdure/worker";
import { EXIT } from "../exit-code.ts";
import { CommandRefused, refusalOf } from "../refusal.ts";
import { addBindings, loadEnvironment } from "./environment.ts";
import type { ServingOptions } from "./options.ts";
import { loadServed, type Served } from "./served.ts";

/** Where a worker finds its engine, and what it is called there. */
export interface Place {
  readonly engine: string;
  readonly namespace: string | undefined;
  readonly workerName: string | undefined;
  readonly log: Log;
}

export interface RunningWorker {
  /** Resolves when the engine knows it. @throws {CommandRefused} when the engine refuses it. */
  readonly ready: Promise<void>;
  /** What it serves. */
  readonly workflows: readonly string[];
  /** Stops it, and lets go of the engine. */
  stop(): Promise<void>;
}

/**
 * Loads a module and serves its workflows, each with bindings of all of them in `env`.
 *
 * @throws {CommandRefused} when a module cannot be loaded, with its stack where its own code threw.
 */
export async function startWorker(module: string, options: ServingOptions, place: Place): Promise<RunningWorker> {
  const { engine, namespace, workerName, log } = place;
  const { workflows, env } = await loadServedAndEnv(module, options);
  const client = createClient({ engine, namespace });
  addBindings(env, workflows.keys(), client);
  const { slots, cacheSize, grace: graceMs } = options;
  const worker = serve({ engine, workflows, env, namespace, workerName, slots, cacheSize, graceMs, log });
  return {
    ready: tellingRefusals(worker.ready, engine),
    workflows: [...workflows.keys()],
    async stop() {
      await worker.stop();
      client.close();
    },
  };
}

/** Makes a refusal of the engine one of the command. @throws {CommandRefused} */
export async function tellingRefusals<T>(call: Promise<T>, engine: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const refusal = refusalOf(error, engine);
    throw refusal === null ? error : new CommandRefused(refusal.reason, refusal.message, refusal.exitCode);
  }
}

/** @throws {CommandRefused} when a module cannot be loaded, with its stack where its own code threw. */
export async function loadServedAndEnv(
  module: string,
  options: Pick<ServingOptions, "workflow" | "env">,
): Promise<{ readonly workflows: Served; readonly env: object }> {
  try {
    return {
      workflows: await loadServed(module, options.workflow ?? []),
      env: await loadEnvironment(options.env),
    };
  } catch (error) {
    if (error instanceof CommandRefused) throw error;
    const text = error instanceof WorkflowLoadError ? error.message : inspect(error);
    throw new CommandRefused("INVALID_MODULE", text, EXIT.usage);
  }
}
