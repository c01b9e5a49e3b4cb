import { decode, Tagged } from "cborg";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { CorruptPayloadError } from "./errors.ts";
import { streamText } from "./stream-text.ts";
import { ExactTokenizer } from "./tokenizer.ts";
import { fromCbor, KNOWN_TAGS } from "./from-cbor.ts";

const CBOR_OPTIONS = { useMaps: true, allowBigInt: true, tags: Tagged.preserve(...KNOWN_TAGS) };

/**
 * The value that a payload holds: a new one at each call. In place of a stream, whose bytes are elsewhere, a text that says
 * what it is.
 *
 * @throws CorruptPayloadError when the payload is damaged, or written in a form not known here.
 */
export function decodeValue({ content, kind }: Pick<Payload, "content" | "kind">): unknown {
  switch (content.case) {
    case undefined:
      return undefined;
    case "bytes": {
      const copy = Uint8Array.from(content.value);
      return kind === "ArrayBuffer" ? copy.buffer : copy;
    }
    case "json":
      return read("JSON", () => JSON.parse(content.value) as unknown);
    case "stream":
      return streamText(content.value);
    case "cbor":
      return read("CBOR", () => fromCbor(decodeItem(content.value)));
  }
}

function decodeItem(encoded: Uint8Array): unknown {
  // What comes from a socket is often a Buffer, and a slice of that is another and shares its memory.
  const bytes = new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  return decode(bytes, { ...CBOR_OPTIONS, tokenizer: new ExactTokenizer(bytes, CBOR_OPTIONS) });
}

function read(form: string, decoder: () => unknown): unknown {
  try {
    return decoder();
  } catch (error) {
    const reason = isStackOverflow(error) ? "it is nested too deep" : (error as Error).message;
    throw new CorruptPayloadError(`A stored value is no ${form} that can be read: ${reason}`, { cause: error });
  }
}

const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message.includes("call stack");
