import type { Failure } from "../../domain/failure.ts";
import type { Payload } from "../../domain/payload.ts";
import { nullable, object, variants } from "./codec.ts";
import { bytes, integer, text } from "./values.ts";

/** `{form: "json", text: "…"}` and so on, as in the domain. */
export const payload = variants<Payload, "form">("form", {
  undefined: {},
  json: { text },
  bytes: { bytes, kind: nullable(text) },
  cbor: { bytes },
  stream: { blob: text, size: integer, chunks: integer, preview: nullable(text) },
});

export const failure = object<Failure>({
  name: text,
  message: text,
  stack: nullable(text),
  details: nullable(payload),
});
