import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

const run = promisify(execFile);
const FIND = `
  const { findMongod } = await import(${JSON.stringify(join(import.meta.dirname, "../support/mongod-binary.ts"))});
  console.log(await findMongod());`;

let folder: string;
let onPath: string;
let cached: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-find-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  onPath = join(folder, "bin/mongod");
  cached = join(folder, `perdure/mongod-${process.platform}-${process.arch}`);
});

describe("the search for a mongod", () => {
  it("takes the one on PATH before a cached one", async () => {
    await place(onPath, "v6.0.1");
    await place(cached, "v8.0.0");

    expect(await find()).toBe(onPath);
  });

  it("passes over one that is too old", async () => {
    await place(onPath, "v5.0.9");
    await place(cached, "v6.0.1");

    expect(await find()).toBe(cached);
  });

  it("ends with what to do, and why each place had none", async () => {
    const refusal = find();

    await expect(refusal).rejects.toThrow(
      "No mongod: install MongoDB 6 or newer so that mongod is on PATH, or set MONGODB_URI to a replica set.",
    );
    await expect(refusal).rejects.toThrow(
      /mongod on PATH: not there; the cache: not there; the vendor's download: .*; the PyPI wheel: .*/,
    );
  });
});

async function place(path: string, version: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "db version ${version}"\n`, { mode: 0o755 });
}

/** With a PATH of our own, so without Python, and with a vendor that cannot be reached. */
async function find(): Promise<string> {
  const env = {
    PATH: [join(folder, "bin"), join(folder, "empty")].join(delimiter),
    XDG_CACHE_HOME: folder,
    MONGOMS_DOWNLOAD_MIRROR: "http://127.0.0.1:1",
  };
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", FIND], { env });
  return stdout.trim();
}
