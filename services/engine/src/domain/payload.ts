import { EngineError } from "./errors.ts";
import { PAYLOAD_BYTES_MAX } from "./limits.ts";

/** A value that a user's code gave. The engine carries it and never looks inside. */
export type Payload =
  | { readonly form: "undefined" }
  | { readonly form: "json"; readonly text: string }
  | { readonly form: "bytes"; readonly bytes: Uint8Array; readonly kind: string | null }
  | { readonly form: "cbor"; readonly bytes: Uint8Array };

export const UNDEFINED: Payload = { form: "undefined" };
export const EMPTY_OBJECT: Payload = { form: "json", text: "{}" };

/** What a payload weighs, in bytes. JSON text counts its UTF-16 units: exact for ASCII, and cheap. */
export function payloadBytes(payload: Payload): number {
  switch (payload.form) {
    case "undefined":
      return 0;
    case "json":
      return payload.text.length;
    case "bytes":
    case "cbor":
      return payload.bytes.byteLength;
  }
}

/** @throws {EngineError} LIMIT_EXCEEDED above 1 MiB. */
export function checkPayload(payload: Payload, what: string): Payload {
  const bytes = payloadBytes(payload);
  if (bytes > PAYLOAD_BYTES_MAX) {
    throw new EngineError("LIMIT_EXCEEDED", `${what} has ${bytes} bytes; at most ${PAYLOAD_BYTES_MAX} are allowed`, {
      limitBytes: String(PAYLOAD_BYTES_MAX),
      actualBytes: String(bytes),
    });
  }
  return payload;
}
