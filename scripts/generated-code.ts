import { execFile } from "node:child_process";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Relative to the root, as `buf.gen.yaml` names it. */
const GENERATED = "sdk/typescript/gen";

/** What differs between the generated code in `root` and what its protos generate now; empty when nothing does. */
export async function generatedDrift(root: string): Promise<readonly string[]> {
  const fresh = await mkdtemp(join(tmpdir(), "perdure-generated-"));
  try {
    await run(join(root, "node_modules/.bin/buf"), ["generate", "--output", fresh], { cwd: root });
    const [before, after] = await Promise.all([contents(join(root, GENERATED)), contents(join(fresh, GENERATED))]);
    return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((file) => {
      if (!after.has(file)) return [`${GENERATED}/${file} has no proto`];
      if (!before.has(file)) return [`${GENERATED}/${file} is missing`];
      return before.get(file) === after.get(file) ? [] : [`${GENERATED}/${file} is out of date`];
    });
  } finally {
    await rm(fresh, { recursive: true });
  }
}

async function contents(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = await Array.fromAsync(glob("**/*.ts", { cwd: folder }));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return new Map(files.map((file, index) => [file, texts[index]!]));
}
