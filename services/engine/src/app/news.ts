import type { Entry, JournalRecord } from "../domain/entry.ts";

/** What the engine decides and a lease's holder cannot know by itself. */
const NEWS: ReadonlySet<Entry["kind"]> = new Set<Entry["kind"]>([
  "stepFailed",
  "retryDue",
  "sleepCompleted",
  "waitCompleted",
  "waitTimedOut",
  "eventAccepted",
  "rollbackStarted",
]);

export function newsOf(records: readonly JournalRecord[]): readonly Entry[] {
  return records.flatMap((record) => record.entries.filter((entry) => NEWS.has(entry.kind)));
}
