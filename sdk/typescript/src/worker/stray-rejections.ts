import type { Log } from "./log.ts";
import { runScope } from "./run-scope.ts";

/**
 * Keeps the process alive when code of a workflow leaves a rejected promise alone for a while, as replays do
 * with branches that are awaited later: that is the instance's own affair, and others run here too. Rejections
 * from elsewhere go on to end the process as Node has it.
 *
 * @returns Takes the guard away.
 */
export function guardStrayRejections(log: Log): () => void {
  const onRejection = (reason: unknown): void => {
    const instance = runScope.getStore();
    if (instance !== undefined) {
      log.warn({ ...instance, error: reason }, "a promise of a workflow was rejected, and nothing awaits it yet");
    } else if (process.listenerCount("unhandledRejection") === 1) {
      // This listener alone would silence it.
      throw reason;
    }
  };
  process.on("unhandledRejection", onRejection);
  return () => process.off("unhandledRejection", onRejection);
}
