import type { BlobRef } from "../../gen/perdure/v1/payload_pb.ts";

/** Characters of a text stream that people get to see. The programming model's number. */
const PREVIEW_UNITS_MAX = 1_024;

/** Bytes that are enough for as many characters. */
export const PREVIEW_BYTES_MAX = 4 * PREVIEW_UNITS_MAX;

/** What people see in place of a stream: the beginning of its text, or how long it is. */
export function streamText({ preview, size }: BlobRef): string {
  return preview ?? `[ReadableStream (binary): ${size} bytes]`;
}

/**
 * The beginning of a text; undefined for bytes that are none.
 * @param beginning The first bytes; the last character may be cut.
 */
export function previewOf(beginning: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(beginning, { stream: true });
    return text.includes("\0") ? undefined : text.slice(0, PREVIEW_UNITS_MAX).toWellFormed();
  } catch {
    return undefined;
  }
}
