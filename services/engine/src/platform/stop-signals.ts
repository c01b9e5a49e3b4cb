import { constants } from "node:os";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Exit codes of processes that a signal ended, as shells know them. */
const SIGNALLED = 128;

/**
 * Calls `stop` at the first signal to end. At the second one the process ends at once: somebody is in a hurry.
 */
export function onStopSignal(stop: (signal: string) => Promise<void>): void {
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) process.exit(SIGNALLED + constants.signals[signal]);
      stopping = true;
      void stop(signal);
    });
  }
}
