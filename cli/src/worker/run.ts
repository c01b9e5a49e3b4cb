import { createLogger } from "@perdure/engine";
import { onStopSignal } from "@perdure/engine/platform/stop-signals";
import { logConfig } from "../engine-options.ts";
import { EXIT } from "../exit-code.ts";
import { endWithParent } from "../lifetime.ts";
import type { WorkerCommandOptions } from "./command.ts";
import { startWorker } from "./running.ts";

/** Serves until a signal ends the process: exit code 0 when stopped, 1 when the engine refuses the worker. */
export async function runWorker(module: string, options: WorkerCommandOptions): Promise<void> {
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
