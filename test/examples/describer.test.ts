import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { LocalDescriber } from "../../examples/image-processing/src/describer.ts";
import env from "../../examples/image-processing/src/env.ts";

const describer = new LocalDescriber();
const describeBytes = async (bytes: Iterable<number>): Promise<string> =>
  (await describer.run("any", { image: [...bytes], prompt: "What is it?", max_tokens: 50 })).description;

const flat = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 4, background } });

describe("the local describer", () => {
  it("describes the picture that comes with the example", async () => {
    const { BUCKET, AI } = env();
    const object = await BUCKET.get("lake-at-dawn.png");
    const image = [...new Uint8Array(await object!.arrayBuffer())];

    expect(await AI.run("any", { image })).toEqual({
      description:
        "A 320 × 200 PNG picture in landscape format, mostly purple, dark blue and mauve, of medium brightness (brightness 37 %).",
    });
  });

  it.each([
    ["#ff0000", "red"],
    ["#32cd32", "green"],
    ["#228b22", "dark green"],
    ["#4169e1", "blue"],
    ["#191970", "dark blue"],
    ["#ffd700", "yellow"],
    ["#d2b48c", "beige"],
    ["#808080", "grey"],
    ["#008b8b", "teal"],
    ["#8b5a2b", "brown"],
    ["#ff69b4", "pink"],
  ])("calls %s %s", async (hex, name) => {
    expect(await describeBytes(await flat(8, 8, hex).png().toBuffer())).toContain(` mostly ${name}, `);
  });

  it.each([
    ["black", "dark (brightness 0 %)"],
    ["#808080", "of medium brightness (brightness 50 %)"],
    ["white", "bright (brightness 100 %)"],
  ])("measures the brightness of %s", async (colour, words) => {
    expect(await describeBytes(await flat(8, 8, colour).png().toBuffer())).toContain(words);
  });

  it("names colours by the part they cover, and leaves out specks", async () => {
    const block = (width: number, colour: string) => flat(width, 100, colour).png().toBuffer();
    const picture = flat(100, 100, "#0000ff").composite([
      { input: await block(30, "#ff0000"), left: 0, top: 0 },
      { input: await block(3, "#ffff00"), left: 97, top: 0 },
    ]);

    expect(await describeBytes(await picture.png().toBuffer())).toContain(" mostly blue and red, ");
  });

  it("reads other formats and shapes, and sees through transparency to white", async () => {
    expect(await describeBytes(await flat(20, 40, "white").jpeg().toBuffer())).toMatch(
      /^A 20 × 40 JPEG picture in portrait/,
    );
    expect(await describeBytes(await flat(20, 20, "#00000000").webp().toBuffer())).toMatch(
      /^A 20 × 20 WEBP picture in square format, mostly white/,
    );
  });

  it.each([
    ["no bytes", []],
    ["text", [...Buffer.from("not a picture")]],
    ["a header alone", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ])("says that %s cannot be read", async (_what, bytes) => {
    await expect(describeBytes(bytes)).rejects.toThrow(
      new TypeError(`The ${bytes.length} bytes given as image cannot be read as a picture`),
    );
  });
});
