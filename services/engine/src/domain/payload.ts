import { EngineError } from "./errors.ts";
import { PAYLOAD_BYTES_MAX } from "./limits.ts";

/** A value that a user's code gave. The engine carries it and never looks inside. */
export type Payload =
  | { readonly form: "undefined" }
  | { readonly form: "json"; readonly text: string }
  | { readonly form: "bytes"; readonly bytes: Uint8Array; readonly kind: string | null }
  | { readonly form: "cbor"; readonly bytes: Uint8Array }
  | ({ readonly form: "stream" } & BlobRef);

/** Bytes that are kept beside the journal of an instance, in chunks. */
export interface BlobRef {
  /** Their name in the instance. */
  readonly blob: string;
  readonly size: number;
  readonly chunks: number;
  /** The beginning of the text, for people; null when they are no text. */
  readonly preview: string | null;
}

export const UNDEFINED: Payload = { form: "undefined" };
export const EMPTY_OBJECT: Payload = { form: "json", text: "{}" };

/** What a payload weighs in the journal, in bytes. JSON text counts its UTF-16 units: exact for ASCII, and cheap. */
export function payloadBytes(payload: Payload): number {
  switch (payload.form) {
    case "undefined":
    case "stream":
      return 0;
    case "json":
      return payload.text.length;
    case "bytes":
    case "cbor":
      return payload.bytes.byteLength;
  }
}

/** What a payload weighs in the store: in the journal, or beside it. */
export function storedBytes(payload: Payload): number {
  return payload.form === "stream" ? payload.size : payloadBytes(payload);
}

/** @throws {EngineError} LIMIT_EXCEEDED above 1 MiB; INVALID_FIELD for a stream, which only steps give. */
export function checkPayload(payload: Payload, what: string): Payload {
  if (payload.form === "stream") throw new EngineError("INVALID_FIELD", `${what} cannot be a stream`);
  const bytes = payloadBytes(payload);
  if (bytes > PAYLOAD_BYTES_MAX) {
    throw new EngineError("LIMIT_EXCEEDED", `${what} has ${bytes} bytes; at most ${PAYLOAD_BYTES_MAX} are allowed`, {
      limitBytes: String(PAYLOAD_BYTES_MAX),
      actualBytes: String(bytes),
    });
  }
  return payload;
}
