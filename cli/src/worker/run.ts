import { createLogger } from "@perdure/engine";
import { logConfig } from "../engine-options.ts";
import { endWithParent, serveUntilSignal } from "../lifetime.ts";
import type { WorkerCommandOptions } from "./command.ts";
import { startWorker } from "./running.ts";

/** Serves until a signal ends the process: exit code 0 when stopped. @throws {CommandRefused} when it cannot. */
export async function runWorker(module: string, options: WorkerCommandOptions): Promise<void> {
  endWithParent();
  const log = createLogger(logConfig(options));
  const { engine, namespace, name: workerName } = options;
  const serving = await startWorker(module, options, { engine, namespace, workerName, log });
  const stop = (): Promise<void> => {
    log.info("worker stops");
    return serving.stop();
  };
  await serveUntilSignal(stop, async () => {
    log.info({ engine, workflows: serving.workflows }, "worker starts");
    await serving.ready;
    log.info("worker serves");
  });
}
