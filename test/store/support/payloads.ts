import type { Payload } from "../../../services/engine/src/domain/payload.ts";
import { PAYLOAD_BYTES_MAX } from "../../../services/engine/src/domain/limits.ts";

/** What UTF-8, C strings, MongoDB or SQL give a meaning to. */
export const HOSTILE_TEXTS = [
  "",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "half \udc00 a pair",
  "$set",
  "a.b.$c",
  "__proto__",
  "'; DROP TABLE heads; --",
  "€ 漢字 🦊 e\u0301",
  "\ufeff\uffff",
] as const;

/** All forms, from nothing to the largest that the engine takes. */
export const PAYLOADS: readonly Payload[] = [
  { form: "undefined" },
  { form: "json", text: "null" },
  { form: "bytes", bytes: new Uint8Array(), kind: null },
  { form: "bytes", bytes: new Uint8Array([0, 255, 0]), kind: "Float64Array" },
  { form: "cbor", bytes: new Uint8Array([0xd9, 0xd9, 0xf7]) },
  ...HOSTILE_TEXTS.map((text): Payload => ({ form: "json", text })),
  { form: "json", text: `"${"x".repeat(PAYLOAD_BYTES_MAX - 2)}"` },
  // Three bytes a character in UTF-8.
  { form: "json", text: `"${"漢".repeat(PAYLOAD_BYTES_MAX - 2)}"` },
  { form: "bytes", bytes: new Uint8Array(PAYLOAD_BYTES_MAX).map((_, index) => index), kind: "ArrayBuffer" },
];
