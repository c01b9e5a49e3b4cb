import type { Entry, JournalRecord } from "../domain/entry.ts";
import { payloadBytes } from "../domain/payload.ts";
import type { JournalPage } from "./store.ts";

/** What a record or an entry weighs beside its payloads. Ours: about what it takes in a document. */
const FRAME_BYTES = 64;

/** Whether a page takes no more: it ends after the record that reaches its bytes, and has one if there is one. */
export function isFull(page: JournalPage, records: number, bytes: number): boolean {
  return records > 0 && (records >= page.records || bytes >= page.bytes);
}

/** What a record weighs where nobody has encoded it. */
export function recordBytes({ entries }: JournalRecord): number {
  return entries.reduce((bytes, entry) => bytes + FRAME_BYTES + entryBytes(entry), FRAME_BYTES);
}

function entryBytes(entry: Entry): number {
  if ("output" in entry) return payloadBytes(entry.output);
  if ("payload" in entry) return payloadBytes(entry.payload);
  if (!("failure" in entry)) return 0;
  const { message, stack, details } = entry.failure;
  return message.length + (stack?.length ?? 0) + (details === null ? 0 : payloadBytes(details));
}
