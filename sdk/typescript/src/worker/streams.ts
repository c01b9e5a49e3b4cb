import { create } from "@bufbuild/protobuf";
import { type Client, ConnectError } from "@connectrpc/connect";
import { createHash, randomUUID } from "node:crypto";
import { type BlobRef, type Payload, PayloadSchema } from "../../gen/perdure/v1/payload_pb.ts";
import type { Lease } from "../../gen/perdure/v1/task_pb.ts";
import type { WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import { WorkflowFatalError } from "../errors.ts";
import { reasonOf } from "../transport-errors.ts";
import { retrying } from "../transport-retry.ts";
import { PREVIEW_BYTES_MAX, previewOf } from "../values/stream-text.ts";
import { keyText, type StepKey } from "./step-key.ts";
import { storedChunks } from "./stream-chunks.ts";

/** Chunks of one stream on their way at once: the source is read while the engine writes. */
const PUTS_MAX = 4;

/** After this long, a call counts as lost and is made again. */
const CALL_TIMEOUT_MS = 30_000;

/** Calls for one chunk before its reader gets the error: with the delays between them, about a minute. */
const GET_ATTEMPTS_MAX = 20;

/** A stream of which attempt. */
export interface StreamSource {
  readonly run: number;
  readonly key: StepKey;
  readonly stream: ReadableStream;
  /** Fires when nobody wants the result any more. */
  readonly signal: AbortSignal;
}

/** The streams of one instance: stored when a step gives one, opened when `run` gets it. */
export interface Streams {
  /** @throws InvalidStreamError; WorkflowFatalError when the instance would store more than it may. */
  store(source: StreamSource): Promise<Payload>;
  /** A new stream of the stored bytes. */
  open(blob: BlobRef): ReadableStream<Uint8Array>;
}

/** Keeps streams with the engine, by the right of a lease. */
export class EngineStreams implements Streams {
  readonly #client: Pick<Client<typeof WorkerService>, "putBlob" | "getTaskBlob">;
  readonly #session: string;
  readonly #lease: Lease;

  constructor(client: Pick<Client<typeof WorkerService>, "putBlob" | "getTaskBlob">, session: string, lease: Lease) {
    this.#client = client;
    this.#session = session;
    this.#lease = lease;
  }

  async store({ run, key, stream, signal }: StreamSource): Promise<Payload> {
    const blob = blobName(run, key);
    const puts = new Set<Promise<void>>();
    let size = 0;
    let chunks = 0;
    let beginning: Uint8Array = new Uint8Array();
    try {
      for await (const bytes of storedChunks(stream, key.name)) {
        signal.throwIfAborted();
        if (chunks === 0) beginning = bytes.subarray(0, PREVIEW_BYTES_MAX);
        const put = this.#put(blob, chunks, bytes, signal);
        puts.add(put);
        // One that failed stays, and is found by the next wait.
        put.then(
          () => puts.delete(put),
          () => {},
        );
        // The first one alone: it drops what an earlier attempt has left.
        if (chunks === 0 || puts.size >= PUTS_MAX) await Promise.race(puts);
        size += bytes.byteLength;
        chunks += 1;
      }
      await Promise.all(puts);
    } finally {
      await Promise.allSettled(puts);
    }
    const preview = previewOf(beginning);
    const value = { blob, size: BigInt(size), chunks, ...(preview !== undefined && { preview }) };
    return create(PayloadSchema, { content: { case: "stream", value } });
  }

  open({ blob, chunks }: BlobRef): ReadableStream<Uint8Array> {
    let next = 0;
    return new ReadableStream(
      {
        type: "bytes",
        pull: async (controller) => {
          if (next < chunks) {
            controller.enqueue(await this.#get(blob, next));
            next += 1;
          }
          if (next < chunks) return;
          controller.close();
          // A reader that waits with a buffer of its own is told so.
          controller.byobRequest?.respond(0);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #put(blob: string, chunk: number, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const request = { session: this.#session, lease: this.#lease, blob, chunk, bytes };
    try {
      await retrying(() => this.#client.putBlob(request, { timeoutMs: CALL_TIMEOUT_MS, signal }), { signal });
    } catch (error) {
      if (reasonOf(error) !== "LIMIT_EXCEEDED") throw error;
      throw new WorkflowFatalError(ConnectError.from(error).rawMessage, { cause: error });
    }
  }

  async #get(blob: string, chunk: number): Promise<Uint8Array<ArrayBuffer>> {
    const request = { session: this.#session, lease: this.#lease, blob, chunk };
    const { bytes } = await retrying(() => this.#client.getTaskBlob(request, { timeoutMs: CALL_TIMEOUT_MS }), {
      attempts: GET_ATTEMPTS_MAX,
    });
    // A stream may hand its buffer on to another thread: not the one that the whole answer lies in.
    return bytes.slice();
  }
}

/** The same up to the last dot for all attempts of a step; what follows is not to be guessed. */
function blobName(run: number, key: StepKey): string {
  const step = createHash("sha256").update(keyText(key)).digest("hex").slice(0, 32);
  return `${run}.${step}.${randomUUID()}`;
}

/** For passes without an engine: tests, checks of a stored journal. */
export const NO_STREAMS: Streams = {
  store: () => Promise.reject(new WorkflowFatalError("streams cannot be stored here")),
  open: ({ size }) => {
    throw new WorkflowFatalError(`a stream of ${size} bytes cannot be opened here`);
  },
};
