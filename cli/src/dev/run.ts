import { createLogger, type RunningEngine, startEngine } from "@perdure/engine";
import { configOf } from "@perdure/engine/platform/options";
import { openEngine } from "../engine.ts";
import { endWithParent, serveUntilSignal } from "../lifetime.ts";
import { styled, terminal } from "../output.ts";
import { CommandRefused } from "../refusal.ts";
import { facts } from "../show/table.ts";
import { startWorker } from "../worker/running.ts";
import type { DevOptions } from "./command.ts";
import { linePrinter } from "./line-printer.ts";
import { Newcomers } from "./newcomers.ts";

/** A restart takes the work of the process before it over at once, however that ended. */
const WORKER_NAME = "dev";

/** Serves until a signal ends the process: exit code 0 when drained. */
export async function runDev(module: string, options: DevOptions): Promise<void> {
  endWithParent();
  const { namespace } = options;
  const log = createLogger({ level: options.logLevel, format: options.logFormat });
  const engine = await startEngineOf(options);
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
    terminal.print(welcome(engine.url, options.store, serving.workflows));
    await new Newcomers(calls, linePrinter).watch(ended.signal);
  });
}

async function startEngineOf(options: DevOptions): Promise<RunningEngine> {
  const { host, port, store, leaseMs, stepLimit, log } = configOf(options);
  try {
    return await startEngine({ host, port, store, leaseMs, stepLimit, log });
  } catch (error) {
    throw new CommandRefused("ENGINE_NOT_STARTED", (error as Error).message);
  }
}

function welcome(url: string, store: string, workflows: readonly string[]): string {
  const name = workflows[0] ?? "";
  return [
    facts([
      ["engine", url],
      ["store", withoutPassword(store)],
      ["workflows", workflows.join(", ")],
      ["try", `perdure instances create ${name} --params '{}'${url.endsWith(":7070") ? "" : ` --engine ${url}`}`],
    ]),
    styled("dim", "Ctrl-C stops it; what has not finished goes on at the next start."),
    "",
  ].join("\n");
}

const withoutPassword = (store: string): string => store.replace(/(\/\/[^:@/]+):[^@/]*@/, "$1:…@");
