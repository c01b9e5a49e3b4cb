/**
 * Loaded into a process before its own modules: its threads then get its Node options too, also where they are started with
 * options of their own. Otherwise a profiler or a probe would see the main thread only.
 */
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";

const { Worker } = threads;

threads.Worker = class extends Worker {
  constructor(...[file, options]: ConstructorParameters<typeof Worker>) {
    super(file, { ...options, execArgv: [...process.execArgv, ...(options?.execArgv ?? [])] });
  }
};
syncBuiltinESMExports();
