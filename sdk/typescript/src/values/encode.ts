import { create } from "@bufbuild/protobuf";
import { Buffer } from "node:buffer";
import { types } from "node:util";
import { encode, Token, Type } from "cborg";
import { type Payload, PayloadSchema } from "../../gen/perdure/v1/payload_pb.ts";
import { isJson } from "./json.ts";
import { ToCbor } from "./to-cbor.ts";
import { type EncodeOptions, Walk } from "./walk.ts";

/** Keys stay in the order they were set, and −0 keeps its sign: the library's defaults are for hashing. */
const CBOR_OPTIONS = {
  mapSorter: () => 0,
  typeEncoders: { number: (value: number) => (Object.is(value, -0) ? [new Token(Type.float, -0)] : null) },
};

/**
 * The stored form of a value (docs/values.md): JSON text where the value is JSON, bytes for top-level bytes,
 * CBOR for everything else that structured cloning takes.
 *
 * Objects that occur twice are stored twice. What the value shares with the caller is copied.
 *
 * @throws NotSerialisableError for functions, stubs, proxies, streams: the instance ends.
 * @throws DOMException with name DataCloneError for class instances, promises, circles: catchable.
 * @throws ValueTooLargeError above `bytesMax`, 1 MiB if not given.
 * @example
 * const payload = encodeValue({ taken: new Date(), sizes: new Map([["small", 12n]]) });
 * decodeValue(payload); // the same kinds again
 */
export function encodeValue(value: unknown, options: EncodeOptions = {}): Payload {
  const walk = new Walk(options);
  const payload = create(PayloadSchema, contentOf(value, options, walk));
  walk.check(payloadBytes(payload));
  return payload;
}

function contentOf(value: unknown, options: EncodeOptions, walk: Walk): Pick<Payload, "content" | "kind"> {
  if (value === undefined) return { content: { case: undefined } };
  if (isJson(value, new Walk(options))) return { content: { case: "json", value: JSON.stringify(value) } };
  const item = new ToCbor(options, walk).convert(value, { root: options.root ?? "output" });
  if (types.isArrayBuffer(value)) {
    return { content: { case: "bytes", value: new Uint8Array(value.slice(0)) }, kind: "ArrayBuffer" };
  }
  if (item instanceof Uint8Array) return { content: { case: "bytes", value: item.slice() } };
  return { content: { case: "cbor", value: encode(item, CBOR_OPTIONS) } };
}

/** Size of a payload: bytes of its content, as limits count them. */
export function payloadBytes({ content }: Pick<Payload, "content">): number {
  switch (content.case) {
    case "json":
      return Buffer.byteLength(content.value);
    case "bytes":
    case "cbor":
      return content.value.length;
    case "stream":
    case undefined:
      return 0;
  }
}
