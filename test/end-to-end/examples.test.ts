import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { perdure } from "../cli/support/perdure.ts";
import { Child } from "../support/child.ts";
import { freePort } from "../support/free-port.ts";

const CLI = "cli/src/main.ts";
const PICTURE = "lake-at-dawn.png";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-example-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the example hello", () => {
  it("greets, rests and says goodbye", async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const store = `sqlite:${join(folder, "hello.db")}`;
    await using dev = Child.node(CLI, ["dev", "examples/hello/src/hello.ts", "--listen", listen, "--store", store]);
    await dev.printed(/workflows\s+Hello/);
    const create = [
      "instances",
      "create",
      "Hello",
      "--params",
      '{"name":"Ada"}',
      "--wait",
      "--engine",
      `http://${listen}`,
    ];
    expect(await perdure(create)).toMatchObject({ code: 0, stdout: '"Hello, Ada! And goodbye."\n' });
    await dev.printed(/say goodbye\s+complete/);
  });
});

describe("npm start", () => {
  const picture = () => join(folder, "bucket", PICTURE);
  const published = () => readFile(join(folder, "bucket", "public", PICTURE));
  const npmStart = () => new Child("npm", ["start", "--silent"], { PERDURE_EXAMPLE_FOLDER: folder });

  beforeEach(() => mkdir(join(folder, "bucket")));

  it("publishes the picture, shows each step on the way, and begins anew the next time", async () => {
    await cp(join("examples/image-processing/bucket", PICTURE), picture());
    const instances = [];
    for (let starts = 0; starts < 2; starts += 1) {
      await using start = npmStart();
      const [, id] = await start.printed(/instance is (\S+)$/m);
      instances.push(id);
      await start.printed(/A 320 × 200 PNG picture .*\nPublished as .*lake-at-dawn\.png$/m);
      expect(await start.ended).toBe(0);
      for (const step of ["fetch image", "generate description", "await approval", "publish"]) {
        expect(start.output).toMatch(new RegExp(String.raw`^[\d:.]+ {2}${step} `, "m"));
      }
      expect(await published()).toEqual(await readFile(picture()));
      await rm(join(folder, "bucket", "public"), { recursive: true });
    }
    expect(new Set(instances).size).toBe(2);
  });

  const MOMENTS = {
    "while it waits for the approval": /the example sends the event/,
    "inside a step": /generate description +started/,
  } as const;

  describe.each(Object.entries(MOMENTS))("killed %s", (_, moment) => {
    beforeEach(async () => {
      // Describing it takes a second: long enough to be killed meanwhile.
      const large = { create: { width: 8_000, height: 8_000, channels: 3, background: "#4466aa" } } as const;
      await sharp(large).png({ compressionLevel: 4, progressive: true }).toFile(picture());
    });

    it.each(["worker", "engine"])("goes on when it was the %s", async (victim) => {
      await using start = npmStart();
      await start.printed(moment);
      await kill(start, victim);
      await start.printed(new RegExp(`${victim} has ended with SIGKILL; it is started again`));
      await start.printed(/^Published as/m);
      expect(await start.ended).toBe(0);
      expect(await published()).toEqual(await readFile(picture()));
    });

    it("goes on with the next start when it was the caller, who takes the others along", async () => {
      await using killed = npmStart();
      const [, id] = await killed.printed(/instance is (\S+)$/m);
      await killed.printed(moment);
      await kill(killed, "caller");
      await killed.ended;

      await using start = npmStart();
      await start.printed(new RegExp(`instance is ${id}, which an earlier start has left`));
      await start.printed(/^Published as/m);
      expect(await start.ended).toBe(0);
      expect(await published()).toEqual(await readFile(picture()));
    });
  });
});

/** Ends the newest process of this name without warning. */
async function kill(start: Child, name: string): Promise<void> {
  await start.printed(new RegExp(`^${name} is process`, "m"));
  const pids = [...start.output.matchAll(new RegExp(String.raw`^${name} is process (\d+)$`, "gm"))];
  process.kill(Number(pids.at(-1)?.[1]), "SIGKILL");
}
