import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { generatedDrift } from "../../scripts/generated-code.ts";

const ROOT = join(import.meta.dirname, "../..");

it("has generated code that is what the protos generate", async () => {
  expect(await generatedDrift(ROOT)).toEqual([]);
});

it("names every generated file that is changed, missing or left over", async () => {
  const copy = await mkdtemp(join(tmpdir(), "perdure-drift-"));
  onTestFinished(() => rm(copy, { recursive: true }));
  for (const path of ["buf.yaml", "buf.gen.yaml", "proto", "third_party", "sdk/typescript/gen"]) {
    await cp(join(ROOT, path), join(copy, path), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const gen = join(copy, "sdk/typescript/gen");
  await writeFile(join(gen, "google/rpc/code_pb.ts"), "export {};\n");
  await writeFile(join(gen, "left_over_pb.ts"), "export {};\n");
  await rm(join(gen, "google/rpc/status_pb.ts"));

  expect(await generatedDrift(copy)).toEqual([
    "sdk/typescript/gen/google/rpc/code_pb.ts is out of date",
    "sdk/typescript/gen/google/rpc/status_pb.ts is missing",
    "sdk/typescript/gen/left_over_pb.ts has no proto",
  ]);
});
