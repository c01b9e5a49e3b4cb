import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** A project that has just what docs/testing.md shows. */
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "perdure-testing-page-"));
  await symlink(join(ROOT, "node_modules"), join(project, "node_modules"));
  const page = await readFile(join(ROOT, "docs/testing.md"), "utf8");
  const files = [...page.matchAll(/^```ts title="(?<name>[^"]+)"\n(?<text>[^]*?)^```$/gm)];
  for (const { groups = {} } of files) await writeFile(join(project, groups["name"]!), groups["text"]!);
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2024",
    // Here the packages are sources, which use more of the library than the example does.
    lib: ["esnext"],
    module: "nodenext",
    types: ["node", "perdure/cloudflare"],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
});

afterAll(() => rm(project, { recursive: true }));

/** Runs a program of the project's in it. */
function run(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  // Tests in it are not this test's.
  const { NODE_TEST_CONTEXT: _, VITEST: __, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: project, env: { ...env, NO_COLOR: "1" } }, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
        output: stdout + stderr,
      });
    });
  });
}

describe("the example of docs/testing.md", () => {
  it("passes in Vitest", async () => {
    const { code, output } = await run("node_modules/vitest/vitest.mjs", "run", "order.test.ts");

    expect(output).toContain("Tests  3 passed (3)");
    expect(code).toBe(0);
  });

  it("passes in Node's own test runner, which ends by itself", async () => {
    const { code, output } = await run("--test", "--test-reporter=tap", "order.node.test.ts");

    expect(output).toMatch(/^# pass 1$/m);
    expect(code).toBe(0);
  });

  it("compiles", async () => {
    const { code, output } = await run("node_modules/typescript/bin/tsc", "-p", ".");

    expect(output).toBe("");
    expect(code).toBe(0);
  });
});

describe("tests without the engine's package", () => {
  it("are told what to install", async () => {
    const hook = `
      import { registerHooks } from "node:module";
      registerHooks({
        resolve(specifier, context, next) {
          if (specifier.startsWith("@perdure/engine")) {
            throw Object.assign(new Error(\`Cannot find package '\${specifier}'\`), { code: "ERR_MODULE_NOT_FOUND" });
          }
          return next(specifier, context);
        },
      });
    `;
    await writeFile(join(project, "no-engine.mjs"), hook);
    const { output } = await run("--import", "./no-engine.mjs", "--test", "order.node.test.ts");

    expect(output).toContain(
      "perdure/testing runs an engine in the process of the test, and its package is not installed: npm install --save-dev @perdure/engine",
    );
  });
});
