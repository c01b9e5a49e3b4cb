import { create } from "@bufbuild/protobuf";
import { PayloadSchema, type Payload as PayloadMessage } from "perdure/proto/perdure/v1/payload_pb";
import { EngineError } from "../domain/errors.ts";
import { checkPayload, UNDEFINED, type Payload } from "../domain/payload.ts";

/** A language's name for its byte array is short. Ours: it is stored with every value of its kind. */
const KIND_UNITS_MAX = 100;

export function payloadToMessage(payload: Payload): PayloadMessage {
  switch (payload.form) {
    case "undefined":
      return create(PayloadSchema);
    case "json":
      return create(PayloadSchema, { content: { case: "json", value: payload.text } });
    case "bytes": {
      const content = { case: "bytes", value: payload.bytes } as const;
      return create(PayloadSchema, payload.kind === null ? { content } : { content, kind: payload.kind });
    }
    case "cbor":
      return create(PayloadSchema, { content: { case: "cbor", value: payload.bytes } });
    case "stream": {
      const { blob, size, chunks, preview } = payload;
      const ref = { blob, size: BigInt(size), chunks, ...(preview === null ? {} : { preview }) };
      return create(PayloadSchema, { content: { case: "stream", value: ref } });
    }
  }
}

/**
 * A payload as it came, or `absent` when none did. JSON text is read once, so that no later reader finds that it is none.
 *
 * @throws {EngineError} INVALID_FIELD when it is not what it says; LIMIT_EXCEEDED above 1 MiB.
 */
export function payloadFromMessage(
  message: PayloadMessage | undefined,
  field: string,
  absent: Payload = UNDEFINED,
): Payload {
  if (message === undefined) return absent;
  const payload = checkPayload(asPayload(message), field);
  if (payload.form === "json") checkJson(payload.text, field);
  if (payload.form === "bytes" && (payload.kind?.length ?? 0) > KIND_UNITS_MAX) {
    throw new EngineError("INVALID_FIELD", `${field}.kind has more than ${KIND_UNITS_MAX} characters`, { field });
  }
  return payload;
}

/** The same for a step's output, which may be a stream of any size. @throws {EngineError} as above. */
export function outputFromMessage(message: PayloadMessage | undefined, field: string): Payload {
  return message?.content.case === "stream" ? asPayload(message) : payloadFromMessage(message, field);
}

function asPayload({ content, kind }: PayloadMessage): Payload {
  switch (content.case) {
    case undefined:
      return UNDEFINED;
    case "json":
      return { form: "json", text: content.value };
    case "bytes":
      return { form: "bytes", bytes: content.value, kind: kind ?? null };
    case "cbor":
      return { form: "cbor", bytes: content.value };
    case "stream": {
      const { blob, size, chunks, preview } = content.value;
      return { form: "stream", blob, size: Number(size), chunks, preview: preview ?? null };
    }
  }
}

function checkJson(text: string, field: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new EngineError("INVALID_FIELD", `${field}.json is not JSON text`, { field: `${field}.json` }, { cause });
  }
}
