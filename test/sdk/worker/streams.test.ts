import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

const CHUNK_BYTES = 262_144;

/** Bytes of which no two chunks are alike, as a stream that makes them when it is asked. */
function madeStream(size: number, partBytes = 100_000): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream({
    pull(controller) {
      const part = Uint8Array.from({ length: Math.min(partBytes, size - made) }, (_, index) => (made + index) % 253);
      made += part.byteLength;
      if (part.byteLength > 0) controller.enqueue(part);
      if (made === size) controller.close();
    },
  });
}

async function digest(stream: ReadableStream): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of stream as ReadableStream<Uint8Array>) hash.update(part);
  return hash.digest("hex");
}

const streamOf = (...parts: readonly unknown[]) =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

async function refsOf(world: World) {
  const entries = (await world.engine.journal("i")).flatMap((record) => record.entries);
  return entries.flatMap(({ entry }) => {
    const content = entry.case === "stepCompleted" ? entry.value.output?.content : undefined;
    return content?.case === "stream" ? [content.value] : [];
  });
}

const invalid = (why: string) => ({
  status: "errored",
  error: {
    name: "WorkflowFatalError",
    message: `The execution of the Workflow instance was terminated, as the step "make" returned an invalid ReadableStream output. ${why}`,
  },
});

describe("a stream that a step returns", () => {
  it("is given to run as a fresh stream of the same bytes, of more than a payload may have, and stored in chunks", async () => {
    const world = new World();
    const size = 9 * CHUNK_BYTES + 1;
    await world.serve(async (_event, step) => {
      const stream = await step.do("make", async () => madeStream(size));
      return { isStream: stream instanceof ReadableStream, digest: await digest(stream) };
    });

    expect(await world.run()).toEqual({
      status: "complete",
      output: { isStream: true, digest: await digest(madeStream(size)) },
    });
    expect(await refsOf(world)).toMatchObject([{ size: BigInt(size), chunks: 10 }]);
  });

  it("is there again on each replay, as often as it is asked for, and its callback is not", async () => {
    const world = new World();
    let calls = 0;
    const seen: string[] = [];
    await world.serve(
      async (_event, step) => {
        const stream = await step.do("make", async () => {
          calls += 1;
          return madeStream(700_000);
        });
        const text = await digest(stream);
        seen.push(text);
        for (const name of ["a", "b"]) await step.sleep(name, 60_000);
        return text;
      },
      { cacheSize: 0 },
    );
    await world.create();
    for (const name of ["a-1", "b-1"]) {
      await world.until(`sleepStarted ${name}`);
      world.engine.clock.pass(60_000);
    }

    expect(await world.end()).toMatchObject({ status: "complete", output: await digest(madeStream(700_000)) });
    expect(new Set(seen).size).toBe(1);
    expect(seen.length).toBeGreaterThan(1);
    expect(calls).toBe(1);
  });

  it("may be empty", async () => {
    const world = new World();
    await world.serve(
      async (_event, step) => (await new Response(await step.do("make", () => streamOf())).bytes()).length,
    );

    expect(await world.run()).toEqual({ status: "complete", output: 0 });
    expect(await refsOf(world)).toMatchObject([{ size: 0n, chunks: 0, preview: "" }]);
  });

  it("may have chunks of any bytes, and of text", async () => {
    const world = new World();
    const parts = [Uint8Array.of(97), Uint8Array.of(98).buffer, new DataView(Uint8Array.of(0, 99).buffer, 1), "d"];
    await world.serve(async (_event, step) => new Response(await step.do("make", () => streamOf(...parts))).text());

    expect(await world.run()).toEqual({ status: "complete", output: "abcd" });
  });

  it("shows people the beginning of its text, and of other bytes how many there are", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      await step.do("text", () => streamOf("é".repeat(CHUNK_BYTES)));
      await step.do("bytes", () => streamOf(Uint8Array.of(0xff, 0xfe, 0)));
    });
    await world.run();

    const [text, bytes] = await refsOf(world);
    expect(text?.preview).toBe("é".repeat(1_024));
    expect(bytes?.preview).toBeUndefined();
  });

  it("can be read in steps that follow, and by several at once", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const [one, two] = (await step.do("make", () => madeStream(600_000))).tee();
      return Promise.all([step.do("a", () => digest(one)), step.do("b", () => digest(two))]);
    });

    const whole = await digest(madeStream(600_000));
    expect(await world.run()).toEqual({ status: "complete", output: [whole, whole] });
  });

  it("is dropped half written when its worker is lost, and what the next attempt gives takes its place", async () => {
    const world = new World();
    const begun = Promise.withResolvers<void>();
    const first = await world.serve(async (_event, step) => {
      await step.do("make", () => {
        const parts = madeStream(2 * CHUNK_BYTES, CHUNK_BYTES).getReader();
        let pulls = 0;
        return new ReadableStream({
          async pull(controller) {
            pulls += 1;
            // The third chunk never comes.
            if (pulls > 2) return begun.resolve();
            controller.enqueue((await parts.read()).value);
          },
        });
      });
    });
    await world.create();
    await begun.promise;
    first.cut();
    world.expireLeases();
    await world.serve(async (_event, step) => new Response(await step.do("make", () => streamOf("whole"))).text());

    expect(await world.end()).toEqual({ status: "complete", output: "whole" });
    expect(await refsOf(world)).toMatchObject([{ size: 5n, chunks: 1, preview: "whole" }]);
  });

  it("has to come within the time of its attempt, or the attempt is retried", async () => {
    const world = new World();
    let attempts = 0;
    await world.serve(async (_event, step) => {
      const config = { retries: { limit: 1, delay: 0 }, timeout: 50 } as const;
      const stream = await step.do("make", config, async () => {
        attempts += 1;
        return attempts === 1 ? new ReadableStream() : streamOf("at last");
      });
      return new Response(stream).text();
    });

    expect(await world.run()).toEqual({ status: "complete", output: "at last" });
    expect(await world.commits()).toContainEqual(expect.arrayContaining(["stepFailed make-1"]));
  });
});

describe("a stream that cannot be stored ends the instance, though run would catch it:", () => {
  const locked = () => {
    const stream = streamOf("a");
    stream.getReader();
    return stream;
  };
  const read = async () => {
    const stream = streamOf("a", "b");
    const reader = stream.getReader();
    await reader.read();
    reader.releaseLock();
    return stream;
  };
  const failing = () => new ReadableStream({ pull: (controller) => controller.error(new Error("the disk is full")) });
  const LOCKED =
    "Step returned a ReadableStream that is already locked or otherwise unreadable. Return a fresh, unlocked ReadableStream from step.do().";
  const TYPE =
    "Step returned a ReadableStream with unsupported chunk type. Only ArrayBuffer and TypedArray chunks are supported.";
  const LARGE =
    "Step returned a ReadableStream chunk larger than the maximum allowed size of 16777216 bytes. Return smaller chunks from step.do().";

  it.each([
    ["one that is locked", locked, LOCKED],
    ["one that was read before", read, LOCKED],
    ["one that gives what are no bytes", () => streamOf({ no: "bytes" }), TYPE],
    ["one with a chunk above 16 MiB", () => streamOf(new Uint8Array(16_777_217)), LARGE],
    ["one that fails midway", failing, "the disk is full"],
  ])("%s", async (_what, make, why) => {
    const world = new World();
    await world.serve(async (_event, step) => step.do("make", make).catch(() => "caught"));

    expect(await world.run()).toEqual(invalid(why));
  });

  it("one with which the instance would store more than it may", async () => {
    const world = new World({ instanceBytesMax: 1_048_576 });
    await world.serve(async (_event, step) => {
      await step.do("fits", () => madeStream(900_000));
      return step.do("make", () => madeStream(300_000)).catch(() => "caught");
    });

    expect(await world.run()).toEqual({
      status: "errored",
      error: { name: "WorkflowFatalError", message: "The instance has exceeded the 1MiB storage limit" },
    });
  });
});
