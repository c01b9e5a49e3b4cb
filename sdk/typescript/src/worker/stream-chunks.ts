import { Readable } from "node:stream";
import { WorkflowFatalError } from "../errors.ts";

/** What a step may give in one chunk. The programming model's limit. */
const GIVEN_BYTES_MAX = 16 * 1_048_576;

/** Bytes of a stored chunk. The programming model's, and small enough for any store and proxy. */
export const CHUNK_BYTES = 262_144;

/** Whether a step has given a stream, of this realm or another. */
export function isStream(value: unknown): value is ReadableStream {
  return (
    typeof value === "object" && value !== null && Object.prototype.toString.call(value) === "[object ReadableStream]"
  );
}

/** A stream that cannot be a step's output: the instance ends. */
export class InvalidStreamError extends WorkflowFatalError {
  constructor(step: string, why: string, options?: ErrorOptions) {
    super(
      `The execution of the Workflow instance was terminated, as the step "${step}" returned an invalid ReadableStream output. ${why}`,
      options,
    );
  }
}

/**
 * The bytes of a stream in chunks of the size they are stored in; the last one may be smaller.
 *
 * @throws InvalidStreamError for a stream that was read before, fails midway, or gives what are no bytes.
 */
export async function* storedChunks(stream: ReadableStream, step: string): AsyncGenerator<Uint8Array> {
  // It takes streams of the web too, whatever its type says.
  if (stream.locked || Readable.isDisturbed(stream as unknown as Readable)) {
    throw new InvalidStreamError(
      step,
      "Step returned a ReadableStream that is already locked or otherwise unreadable. Return a fresh, unlocked ReadableStream from step.do().",
    );
  }
  let chunk = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  for await (const given of givenChunks(stream, step)) {
    for (let taken = 0; taken < given.byteLength;) {
      const part = given.subarray(taken, taken + CHUNK_BYTES - filled);
      chunk.set(part, filled);
      taken += part.byteLength;
      filled += part.byteLength;
      if (filled < CHUNK_BYTES) continue;
      yield chunk;
      chunk = new Uint8Array(CHUNK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

async function* givenChunks(stream: ReadableStream, step: string): AsyncGenerator<Uint8Array> {
  const reader = (stream as ReadableStream<unknown>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new InvalidStreamError(step, cause instanceof Error ? cause.message : String(cause), { cause });
      });
      if (done) return;
      yield bytesOf(value, step);
    }
  } finally {
    // Its source need not go on where nobody reads any more.
    await reader.cancel().catch(() => {});
  }
}

function bytesOf(given: unknown, step: string): Uint8Array {
  const bytes = asBytes(given);
  if (bytes === null) {
    throw new InvalidStreamError(
      step,
      "Step returned a ReadableStream with unsupported chunk type. Only ArrayBuffer and TypedArray chunks are supported.",
    );
  }
  if (bytes.byteLength <= GIVEN_BYTES_MAX) return bytes;
  throw new InvalidStreamError(
    step,
    `Step returned a ReadableStream chunk larger than the maximum allowed size of ${GIVEN_BYTES_MAX} bytes. Return smaller chunks from step.do().`,
  );
}

/** Text comes as its bytes, as it does where streams cross between processes. */
function asBytes(given: unknown): Uint8Array | null {
  if (typeof given === "string") return new TextEncoder().encode(given);
  if (given instanceof ArrayBuffer) return new Uint8Array(given);
  return ArrayBuffer.isView(given) ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : null;
}
