import {
  WorkflowEntrypoint,
  type WorkflowEvent,
  type WorkflowStep,
  type WorkflowStepContext,
} from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";
import { loosely } from "./loose.ts";

const CHUNKS = {
  bytes: [new Uint8Array([0, 255]), new Uint8Array([7])],
  buffers: [new Uint8Array([1, 2]).buffer, new Uint16Array([3])],
  "text chunks": ["söme ", "text"],
  "no chunks": [],
  "an empty chunk": [new Uint8Array([1]), new Uint8Array(), new Uint8Array([2])],
  "numbers as chunks": [1, 2],
  "objects as chunks": [{ some: "object" }],
  "many chunks": Array.from({ length: 200 }, () => new Uint8Array(4_096).fill(42)),
} as const;

export type StreamKind = keyof typeof CHUNKS | keyof typeof ODD;

const streamOf = (chunks: readonly unknown[], failure?: Error) =>
  new ReadableStream<unknown>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      if (failure === undefined) controller.close();
    },
    pull(controller) {
      controller.error(failure);
    },
  });

const ODD = {
  "a response's body": () => new Response("the body").body,
  "a locked stream": () => {
    const stream = streamOf(CHUNKS.bytes);
    stream.getReader();
    return stream;
  },
  "a stream that was read": async () => {
    const stream = streamOf([new Uint8Array([1])]);
    await new Response(stream as ReadableStream<Uint8Array>).bytes();
    return stream;
  },
  "a stream that fails midway": () => streamOf(CHUNKS.bytes, new TypeError("no more")),
  "a stream in an object": () => ({ stream: streamOf(CHUNKS.bytes) }),
} as const satisfies Record<string, () => unknown>;

const made = (kind: StreamKind): unknown =>
  kind in ODD ? ODD[kind as keyof typeof ODD]() : streamOf(CHUNKS[kind as keyof typeof CHUNKS]);

interface Params {
  readonly kind: StreamKind;
  /** A wait follows, and the stream is got again on replay. */
  readonly waits?: boolean;
  readonly caught?: boolean;
}

/** Tells what a step's stream gives. */
export class Streams extends WorkflowEntrypoint<Env, Params> {
  override async run({ payload: { kind, waits, caught } }: WorkflowEvent<Params>, step: WorkflowStep) {
    const { env } = this;
    const doing = loosely(step).do("stream", { retries: { limit: 1, delay: 1 } }, async (ctx: WorkflowStepContext) => {
      await env.RECORDER.attempt(ctx);
      return await made(kind);
    });
    if (caught) return await doing.then(read, described);
    const stream = await doing;
    const bytes = await read(stream);
    if (!waits) return bytes;
    await step.do("ready", () => env.RECORDER.record("waiting"));
    await step.waitForEvent("wait", { type: "go" });
    return [bytes, await read(await loosely(step).do("again", () => streamOf(CHUNKS.bytes)))];
  }
}

/** Class, content in short, and what a second reader gets. */
async function read(stream: unknown): Promise<string> {
  if (!(stream instanceof ReadableStream)) return `no stream: ${described(stream)}`;
  const bytes = await new Response(stream as ReadableStream<Uint8Array>).bytes();
  const content = bytes.length > 20 ? `${bytes.length} bytes, first ${bytes[0]}` : described([...bytes]);
  return `${content}, ${stream.locked ? "locked" : "free"} afterwards`;
}
