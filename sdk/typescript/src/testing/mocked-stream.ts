import { Readable } from "node:stream";

/**
 * Reads a stream that a test gave as a result, so that it can be given again and again: to each attempt, run and instance.
 * @throws TypeError for a stream that was read before, or that gives what are no bytes.
 */
export async function readMockedStream(stream: ReadableStream): Promise<readonly Uint8Array[]> {
  // It takes streams of the web too, whatever its type says.
  if (stream.locked || Readable.isDisturbed(stream as unknown as Readable)) {
    throw new TypeError("Workflow mockStepResult() received a locked or unreadable ReadableStream.");
  }
  return Array.fromAsync(stream as ReadableStream<unknown>, bytesOf);
}

/** A new stream of the same bytes. */
export function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => chunk.slice()));
}

function bytesOf(chunk: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk) && !(chunk instanceof DataView)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice();
  }
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk.slice());
  throw new TypeError("Workflow mockStepResult() ReadableStream chunks must be ArrayBuffer or TypedArray values.");
}
