import type { Entry, JournalRecord } from "../domain/entry.ts";
import { payloadBytes } from "../domain/payload.ts";
import type { JournalPage, JournalSlice } from "./store.ts";

/** What a record or an entry weighs beside its payloads. Ours: about what it takes in a document. */
const FRAME_BYTES = 64;

/** Cuts records to what fits a page: it ends after the record that reaches its bytes, and has one if there is one. */
export function cutPage(records: readonly JournalRecord[], page: JournalPage): JournalSlice {
  let bytes = 0;
  let count = 0;
  for (const record of records) {
    if (count > 0 && (count >= page.records || bytes >= page.bytes)) break;
    bytes += recordBytes(record);
    count += 1;
  }
  return { records: records.slice(0, count), more: count < records.length };
}

function recordBytes({ entries }: JournalRecord): number {
  return entries.reduce((bytes, entry) => bytes + FRAME_BYTES + entryBytes(entry), FRAME_BYTES);
}

function entryBytes(entry: Entry): number {
  if ("output" in entry) return payloadBytes(entry.output);
  if ("payload" in entry) return payloadBytes(entry.payload);
  if (!("failure" in entry)) return 0;
  const { message, stack, details } = entry.failure;
  return message.length + (stack?.length ?? 0) + (details === null ? 0 : payloadBytes(details));
}
