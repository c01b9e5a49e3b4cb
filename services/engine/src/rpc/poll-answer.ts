import type { Task } from "../app/worker-api.ts";
import type { Entry } from "../domain/entry.ts";
import { TASK_BYTES_MAX } from "../domain/limits.ts";
import { payloadBytes } from "../domain/payload.ts";

/** What an entry's names and numbers weigh, about. */
const FRAME_BYTES = 100;

/**
 * Keeps the answer to a poll as small as one full task may be, so that any gRPC client takes it: tasks beyond that
 * come without records, and their worker asks for pages as it does for any long journal.
 */
export function withinPollBytes(tasks: readonly Task[]): readonly Task[] {
  let leftBytes = TASK_BYTES_MAX;
  return tasks.map((task, index) => {
    const bytes = task.records.reduce((sum, { entries }) => sum + entriesBytes(entries), 0);
    const fits = bytes <= leftBytes || index === 0;
    leftBytes -= fits ? bytes : 0;
    return fits ? task : { ...task, records: [] };
  });
}

function entriesBytes(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + FRAME_BYTES + valueBytes(entry), 0);
}

function valueBytes(entry: Entry): number {
  switch (entry.kind) {
    case "stepCompleted":
    case "instanceCompleted":
      return payloadBytes(entry.output);
    case "eventAccepted":
      return payloadBytes(entry.payload);
    case "stepFailed":
    case "rollbackStarted":
    case "rollbackFailed":
    case "instanceFailed": {
      const { message, stack, details } = entry.failure;
      return message.length + (stack?.length ?? 0) + (details === null ? 0 : payloadBytes(details));
    }
    case "leaseGranted":
    case "leaseLost":
    case "parked":
    case "stepStarted":
    case "retryDue":
    case "sleepStarted":
    case "sleepCompleted":
    case "waitStarted":
    case "waitCompleted":
    case "waitTimedOut":
    case "waitCancelled":
    case "rollbackCompleted":
    case "restartRequested":
    case "restartedFrom":
    case "outcomeDelivered":
    case "pauseRequested":
    case "paused":
    case "resumed":
    case "instanceTerminated":
    case "instanceRestarted":
    case "instancePurged":
      return 0;
  }
}
