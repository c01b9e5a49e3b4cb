import type { DescMethod } from "@bufbuild/protobuf";

/** What came back to a call that was made by hand. */
export interface RawAnswer {
  readonly status: number;
  readonly error: { readonly code: string; readonly reasons: readonly string[] } | null;
}

interface JsonError {
  readonly code: string;
  readonly details?: readonly { readonly type: string; readonly debug?: { readonly reason?: string } }[];
}

/** Calls by Connect over HTTP/1.1 with any bytes for a body, also what a client library would not send. */
export async function rawCall(
  url: string,
  method: DescMethod,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const unary = method.methodKind === "unary";
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const response = await fetch(`${url}/${method.parent.typeName}/${method.name}`, {
    method: "POST",
    headers: { "content-type": unary ? "application/json" : "application/connect+json", ...headers },
    body: unary ? Buffer.from(bytes) : envelope(bytes),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  const error = unary ? (response.ok ? null : parse(answer)) : (endOfStream(answer)?.error ?? null);
  return { status: response.status, error: error === null ? null : { code: error.code, reasons: reasonsIn(error) } };
}

function envelope(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** The last envelope of a stream's answer says how it ended. */
function endOfStream(answer: Buffer): { readonly error?: JsonError } | undefined {
  for (let at = 0; at + 5 <= answer.length;) {
    const end = at + 5 + answer.readUInt32BE(at + 1);
    if ((answer[at]! & 2) !== 0) return JSON.parse(answer.toString("utf8", at + 5, end)) as { error?: JsonError };
    at = end;
  }
  return undefined;
}

function parse(answer: Buffer): JsonError {
  try {
    return JSON.parse(answer.toString()) as JsonError;
  } catch {
    return { code: `no JSON: ${answer.toString().slice(0, 100)}` };
  }
}

function reasonsIn({ details = [] }: JsonError): readonly string[] {
  return details.flatMap(({ debug }) => debug?.reason ?? []);
}
