import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

const CHUNK_BYTES = 262_144;
const ONCE = { retries: { limit: 0, delay: 1 } } as const;

function streamOf(...chunks: readonly unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function bytesOf(stream: ReadableStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** What `run` reads of a step's stream, live and after each replay. */
async function readOf(make: () => unknown): Promise<readonly Uint8Array[]> {
  const world = await World.open();
  const seen: Uint8Array[] = [];
  await world.run(async (_event, step) => {
    seen.push(await bytesOf((await step.do("x", async () => make())) as ReadableStream));
    await step.sleep("nap", 5_000);
  });
  return seen;
}

describe("a stream that a step returns", () => {
  it("reaches run as a fresh stream of its bytes, live and after a replay", async () => {
    const seen = await readOf(() => streamOf(new Uint8Array([1, 2]), new Uint8Array([3])));

    expect(seen.length).toBeGreaterThan(0);
    for (const bytes of seen) expect(bytes).toEqual(new Uint8Array([1, 2, 3]));
  });

  it("may be empty", async () => {
    for (const bytes of await readOf(() => streamOf())) expect(bytes).toHaveLength(0);
  });

  it("may have more than 1 MiB, in chunks of any size", async () => {
    const big = new Uint8Array(3 * 1_048_576 + 17).map((_, index) => index % 251);
    const seen = await readOf(() =>
      streamOf(big.subarray(0, 7), big.subarray(7, CHUNK_BYTES + 9), big.subarray(CHUNK_BYTES + 9)),
    );

    for (const bytes of seen) expect(Buffer.compare(bytes, big)).toBe(0);
  });

  it.each<[string, () => unknown]>([
    ["an ArrayBuffer", () => new Uint8Array([1, 2, 3, 4]).buffer],
    ["a typed array", () => new Uint16Array(new Uint8Array([1, 2, 3, 4]).buffer)],
  ])("may have chunks that are %s: they arrive as bytes", async (_what, chunk) => {
    for (const bytes of await readOf(() => streamOf(chunk()))) expect(bytes).toEqual(new Uint8Array([1, 2, 3, 4]));
  });

  it("can be read in each pass anew though an earlier pass has not read it to its end", async () => {
    const world = await World.open();
    const firsts: unknown[] = [];
    await world.run(async (_event, step) => {
      const stream = await step.do("x", async () => streamOf(new Uint8Array([1]), new Uint8Array([2])));
      const reader = stream.getReader();
      firsts.push(((await reader.read()).value as Uint8Array)[0]);
      await reader.cancel();
      await step.sleep("nap", 5_000);
    });

    expect(new Set(firsts)).toEqual(new Set([1]));
  });

  it("that another attempt makes is stored alone: what a failed attempt wrote is dropped", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const stream = await step.do("x", { timeout: 100, retries: { limit: 1, delay: 1 } }, async ({ attempt }) => {
        if (attempt > 1) return streamOf(new Uint8Array([2]));
        // Never ends: the timeout covers the reading of the stream.
        return new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(CHUNK_BYTES)) });
      });
      return bytesOf(stream);
    });

    expect(output).toEqual(new Uint8Array([2]));
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      "has chunks of another kind",
      () => streamOf({ a: 1 }),
      /Step returned a ReadableStream with unsupported chunk type/,
    ],
    [
      "has a chunk above 16 MiB",
      () => streamOf(new Uint8Array(16_777_217)),
      /chunk larger than the maximum allowed size of 16777216 bytes/,
    ],
    [
      "is locked",
      () => {
        const stream = streamOf(new Uint8Array([1]));
        stream.getReader();
        return stream;
      },
      /Step returned a ReadableStream that is already locked or otherwise unreadable/,
    ],
    [
      "errors midway",
      () =>
        new ReadableStream({
          pull: (controller) => controller.error(new Error("broken pipe")),
        }),
      /returned an invalid ReadableStream output/,
    ],
  ])("that %s ends the instance, caught or not", async (_what, make, message) => {
    const world = await World.open();
    let caught = false;
    const status = await world.run(async (_event, step) => {
      try {
        await step.do("x", ONCE, async () => make());
      } catch {
        caught = true;
      }
    });

    expect(status).toMatchObject({ status: "errored", error: { name: "WorkflowFatalError" } });
    expect(status.error!.message).toMatch(message);
    expect(caught).toBe(false);
  });

  it("within an object is not serialisable", async () => {
    const world = await World.open();

    expect(
      await world.run(async (_event, step) => void (await step.do("x", ONCE, async () => ({ s: streamOf() })))),
    ).toMatchObject({
      status: "errored",
      error: { name: "WorkflowFatalError" },
    });
  });
});
