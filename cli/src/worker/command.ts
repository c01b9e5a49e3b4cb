import { createLogger } from "@perdure/engine";
import { onStopSignal } from "@perdure/engine/platform/stop-signals";
import { type Command, Option } from "commander";
import { engineFlags, LOG_FLAGS, logConfig, type LogOptions } from "../engine-options.ts";
import { EXIT } from "../exit-code.ts";
import { endWithParent } from "../lifetime.ts";
import { engineOption, namespaceOption } from "../options.ts";
import { servesModule, type ServingOptions } from "./options.ts";
import { startWorker } from "./running.ts";

interface WorkerCommandOptions extends ServingOptions, LogOptions {
  readonly engine: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** `perdure worker <module>`. */
export function addWorker(program: Command): void {
  const command = program
    .command("worker")
    .summary("run the workflows of a module")
    .description("Runs the workflows of a module for an engine. It waits for an engine that is not there yet.");
  servesModule(command)
    .addOption(engineOption())
    .addOption(namespaceOption())
    .addOption(
      new Option("--name <name>", "a new worker of this name takes over the work of an older one at once").env(
        "PERDURE_WORKER_NAME",
      ),
    );
  for (const flag of engineFlags(LOG_FLAGS)) command.addOption(flag);
  command.action(runWorker);
}

/** Serves until a signal ends the process: exit code 0 when stopped, 1 when the engine refuses the worker. */
async function runWorker(module: string, options: WorkerCommandOptions): Promise<void> {
  endWithParent();
  const log = createLogger(logConfig(options));
  const { engine, namespace, name: workerName } = options;
  const serving = await startWorker(module, options, { engine, namespace, workerName, log });
  onStopSignal(async (signal) => {
    log.info({ signal }, "worker stops");
    await serving.stop();
    process.exit(EXIT.ok);
  });
  log.info({ engine, workflows: serving.workflows }, "worker starts");
  try {
    await serving.worker.ready;
    log.info("worker serves");
  } catch {
    // Its reason is in the log.
    process.exitCode = EXIT.failed;
  }
}
