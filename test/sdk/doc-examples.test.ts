import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = join(root, "sdk/typescript/src");

/** What examples use without saying where it comes from: a reader's own. A new example may need another line. */
const THEIRS = `
import type { WorkflowClass as $WorkflowClass, WorkflowEvent as $Event } from "perdure/workflow";
import type { WorkflowStep as $Step } from "perdure/workflow-step";
import type { Workflow as $Workflow, WorkflowInstance as $Instance } from "perdure/workflow-binding";
declare const step: $Step, event: $Event, instance: $Instance, Greet: $WorkflowClass;
type Env = unknown;
declare const env: { readonly ORDERS: $Workflow };
declare const bucket: object, order: { readonly id: string };
declare const users: Map<number, { readonly name: string }>;
declare function charge(order: unknown, idempotencyKey?: string): Promise<{ readonly status: number }>;
`;

/** Exports that share their name with one of those. */
const NOT_IMPORTED: ReadonlySet<string> = new Set(["env"]);

interface Example {
  readonly file: string;
  readonly code: string;
}

let folder: string;
let examples: Example[];
/** Where each exported name comes from. */
let modules: Map<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-examples-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await mkdir(join(folder, "src"));
  examples = [];
  modules = new Map();
  for (const path of await readdir(sources, { recursive: true })) {
    if (!path.endsWith(".ts") || path.endsWith(".d.ts")) continue;
    const text = await readFile(join(sources, path), "utf8");
    examples.push(...examplesOf(text).map((code) => ({ file: path, code })));
    for (const [, name] of text.matchAll(
      /^export (?:abstract class|class|async function|function|const|interface|type) (\w+)/gm,
    )) {
      modules.set(name!, `perdure/${path.replace(/\.ts$/, "")}`);
    }
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The text after each `@example`, up to the next tag or the comment's end. */
function examplesOf(text: string): string[] {
  return [...text.matchAll(/@example\n(?<lines>(?: *\* ?(?!@|\/).*\n)+)/g)].map(({ groups = {} }) =>
    groups["lines"]!.replaceAll(/^ *\* ?/gm, ""),
  );
}

/** An example as a module: with imports of what it names, and its statements in an async function. */
function asModule({ code }: Example): string {
  const used = [...modules].filter(([name]) => !NOT_IMPORTED.has(name) && new RegExp(`\\b${name}\\b`).test(code));
  const imports = used.map(([name, from]) => `import { ${name} } from "${from}";`);
  const body = `export async function example() {\n${code.replaceAll(/^export /gm, "")}\n}`;
  return [...imports, THEIRS, body].join("\n");
}

describe("the examples in the SDK's comments", () => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThan(15);
  });

  it("compile", async () => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2024",
      // That of the sources, which are compiled along: no browser's.
      lib: ["esnext"],
      module: "nodenext",
      types: ["node"],
      skipLibCheck: true,
      allowImportingTsExtensions: true,
    };
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
    await Promise.all(
      examples.map((example, index) =>
        writeFile(join(folder, "src", `${index}-${example.file.replaceAll(/\W/g, "-")}.ts`), asModule(example)),
      ),
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const mistakes = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
    expect(mistakes.split("\n").filter((line) => line.includes(": error "))).toEqual([]);
  });
});
