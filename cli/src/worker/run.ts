import { createLogger } from "@perdure/engine";
import { logConfig } from "../engine-options.ts";
import { endWithParent, serveUntilSignal } from "../lifetime.ts";
import { readConfig } from "../project/config.ts";
import { startProjectWorker } from "../project/prepared-project.ts";
import type { WorkerCommandOptions } from "./command.ts";
import type { ServingTarget } from "./options.ts";
import { type Place, type RunningWorker, startWorker } from "./running.ts";

/** Serves until a signal ends the process: exit code 0 when stopped. @throws {CommandRefused} when it cannot. */
export async function runWorker(target: ServingTarget, options: WorkerCommandOptions): Promise<void> {
  endWithParent();
  const log = createLogger(logConfig(options));
  const { engine, namespace, name: workerName } = options;
  const serving = await start(target, options, { engine, namespace, workerName, log });
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

async function start(target: ServingTarget, options: WorkerCommandOptions, place: Place): Promise<RunningWorker> {
  if (target.config === undefined) return startWorker(target.module, options, place);
  return startProjectWorker(readConfig(target.config, options.environment), options, place);
}
