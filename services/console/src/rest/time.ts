import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/** As JSON has it; null for what has not happened. */
export function isoTime(at: Timestamp | undefined): string | null {
  return at === undefined ? null : timestampDate(at).toISOString();
}
