import { createLogger } from "@perdure/engine";
import { openEngine } from "../engine.ts";
import { endWithParent, serveUntilSignal } from "../lifetime.ts";
import { terminal } from "../output.ts";
import { startWorker } from "../worker/running.ts";
import type { DevOptions } from "./command.ts";
import { startDevEngine, tryText, welcome, withoutPassword, WORKER_NAME } from "./engine.ts";
import { linePrinter } from "./line-printer.ts";
import { Newcomers } from "./newcomers.ts";

/** Serves a module until a signal ends the process: exit code 0 when drained. */
export async function runDev(module: string, options: DevOptions): Promise<void> {
  endWithParent();
  const { namespace } = options;
  const log = createLogger({ level: options.logLevel, format: options.logFormat });
  const engine = await startDevEngine(options, options.store);
  const serving = await startWorker(module, options, {
    engine: engine.url,
    namespace,
    workerName: WORKER_NAME,
    log,
  }).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const calls = openEngine({ engine: engine.url, ...(namespace !== undefined && { namespace }) });
  const ended = new AbortController();
  const stop = async (): Promise<void> => {
    ended.abort();
    calls.close();
    await serving.stop();
    await engine.close();
  };
  await serveUntilSignal(stop, async () => {
    await serving.ready;
    terminal.print(
      welcome([
        ["engine", engine.url],
        ["store", withoutPassword(options.store)],
        ["workflows", serving.workflows.join(", ")],
        ["try", tryText(engine.url, serving.workflows[0] ?? "")],
      ]),
    );
    await new Newcomers(calls, linePrinter).watch(ended.signal);
  });
}
