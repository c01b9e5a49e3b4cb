import { onStopSignal } from "@perdure/engine/platform/stop-signals";
import { EXIT } from "./exit-code.ts";

/**
 * Ends this process when the one that forked it has ended: a program that starts an engine or a worker as a part of
 * itself leaves none behind, however it ends. What was acknowledged is on disk, so nothing needs to be said first.
 */
export function endWithParent(): void {
  if (process.connected) process.once("disconnect", () => process.exit());
}

/**
 * Ends this process at the first SIGTERM or SIGINT, once `stop` is done.
 *
 * @param start Brings up what serves. What it throws because of a stop is not told.
 */
export async function serveUntilSignal(stop: () => Promise<void>, start: () => Promise<void>): Promise<void> {
  let stopping = false;
  onStopSignal(async () => {
    stopping = true;
    await stop();
    process.exit(EXIT.ok);
  });
  try {
    await start();
  } catch (error) {
    if (stopping) return;
    await stop();
    throw error;
  }
}
