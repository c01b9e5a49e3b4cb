import { type Command, Option } from "commander";
import { engineFlags, LOG_FLAGS, type LogOptions } from "../engine-options.ts";
import { engineOption, namespaceOption } from "../options.ts";
import { servesModule, type ServingOptions, targetOf } from "./options.ts";

export interface WorkerCommandOptions extends ServingOptions, LogOptions {
  readonly engine: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** `perdure worker [module or folder]`. */
export function addWorker(program: Command): void {
  const command = program
    .command("worker")
    .summary("run the workflows of a module or a Cloudflare project")
    .description(
      "Runs the workflows of a module, or of a Cloudflare project, for an engine. It waits for an engine that is not there yet.",
    );
  servesModule(command)
    .addOption(engineOption())
    .addOption(namespaceOption())
    .addOption(
      new Option("--name <name>", "a new worker of this name takes over the work of an older one at once").env(
        "PERDURE_WORKER_NAME",
      ),
    );
  for (const flag of engineFlags(LOG_FLAGS)) command.addOption(flag);
  command.action(async (target: string | undefined, options: WorkerCommandOptions) => {
    const serving = targetOf(target, options);
    // Not at the top: most commands need none of it, and are quicker so.
    const { runWorker } = await import("./run.ts");
    await runWorker(serving, options);
  });
}
