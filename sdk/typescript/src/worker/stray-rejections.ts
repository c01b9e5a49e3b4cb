import type { Log } from "./log.ts";
import { runScope } from "./run-scope.ts";

/** Of the workers in this process: one listener serves them all. */
const logs = new Set<Log>();

/**
 * Keeps the process alive when code of a workflow leaves a rejected promise alone for a while, as replays do
 * with branches that are awaited later: that is the instance's own affair, and others run here too. Rejections
 * from elsewhere go on to end the process as Node has it.
 *
 * @returns Takes the guard away.
 */
export function guardStrayRejections(log: Log): () => void {
  if (logs.size === 0) process.on("unhandledRejection", onRejection);
  logs.add(log);
  return () => {
    if (logs.delete(log) && logs.size === 0) process.off("unhandledRejection", onRejection);
  };
}

function onRejection(reason: unknown): void {
  const instance = runScope.getStore();
  if (instance !== undefined) {
    for (const log of logs) {
      log.warn({ ...instance, error: reason }, "a promise of a workflow was rejected, and nothing awaits it yet");
    }
  } else if (process.listenerCount("unhandledRejection") === 1) {
    // This listener alone would silence it.
    throw reason;
  }
}
