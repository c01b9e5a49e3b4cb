import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, inChild } from "./child.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-loader-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Writes a file into the test's folder. */
async function written(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

describe("a module written for a bundler", () => {
  it("loads unchanged: enums, namespaces, parameter properties, types, JSON, imports without extension", async () => {
    expect(
      await inChild(`
        const workflows = await loadWorkflows(fixture("project/workflow.ts"));
        const workflow = new (workflows.get("GreetingWorkflow"))({}, {});
        return [[...workflows.keys()], await workflow.run({ payload: { name: "Ada", mood: "loud" } }, {})];
      `),
    ).toEqual({
      value: [
        ["GreetingWorkflow"],
        {
          text: "> HELLO ADA!",
          file: "workflow.ts",
          settings: JSON.parse('{ "punctuation": "!", "a b": 1, "__proto__": { "x": 1 } }'),
          licence: "free\n",
          seed: [1, 2],
          reverse: "Calm",
          unset: false,
          nonRetryable: "NonRetryableError",
        },
      ],
    });
  });

  it("loads in the form of the overview page", async () => {
    expect(
      await inChild(`
        const workflows = await loadWorkflows(fixture("overview.ts"), { names: { ImageProcessingWorkflow: "image-processing" } });
        return [...workflows].map(([name, type]) => [name, type.name]);
      `),
    ).toEqual({ value: [["image-processing", "ImageProcessingWorkflow"]] });
  });

  it("shows file and line as they were written when it throws", async () => {
    const answer = await inChild(`
      const workflows = await loadWorkflows(fixture("throwing.ts"));
      await new (workflows.get("ThrowingWorkflow"))({}, {}).run();
    `);
    expect(answer).toMatchObject({ error: { message: "line 21" } });
    expect(answer).toHaveProperty("error.stack", expect.stringContaining(`${fixture("throwing.ts")}:21:11`));
  });

  it("names file, line and column of a syntax error, in itself and in what it imports", async () => {
    const broken = await written("broken.ts", "export const fine = 1;\nexport const x: = 1;\n");
    const importer = await written("importer.ts", 'export * from "./broken";\n');

    for (const path of [broken, importer]) {
      expect(await inChild(`await loadWorkflows(${JSON.stringify(path)})`)).toMatchObject({
        error: { name: "SyntaxError", message: expect.stringMatching(`^${broken}:2:17: [^]*export const x: = 1;`) },
      });
    }
  });

  it("may import packages that ship TypeScript, and packages that import cloudflare:workers", async () => {
    await written("node_modules/of-ts/package.json", '{ "name": "of-ts", "type": "module", "exports": "./index.ts" }');
    await written("node_modules/of-ts/index.ts", "export enum Kind { A = 'a' }\n");
    await written("node_modules/of-js/package.json", '{ "name": "of-js", "type": "module", "exports": "./index.js" }');
    await written(
      "node_modules/of-js/index.js",
      'import { WorkflowEntrypoint } from "cloudflare:workers";\nexport class Base extends WorkflowEntrypoint {}\n',
    );
    const path = await written(
      "packages.ts",
      'import { Kind } from "of-ts";\nimport { Base } from "of-js";\nexport class Mine extends Base { async run() { return Kind.A; } }\n',
    );

    expect(
      await inChild(`
        const workflows = await loadWorkflows(${JSON.stringify(path)});
        return [[...workflows.keys()], await new (workflows.get("Mine"))({}, {}).run()];
      `),
    ).toEqual({ value: [["Mine"], "a"] });
  });

  it("is a module by its syntax, though a package.json says that it is none", async () => {
    await written("commonjs/package.json", '{ "type": "commonjs" }');
    await written("commonjs/old.js", "module.exports = { word: require('node:path').sep };\n");
    const path = await written("commonjs/new.js", 'import { word } from "./old";\nexport const is = word;\n');
    expect(await inChild(`return { ...(await loadModule(${JSON.stringify(path)})) }`)).toEqual({ value: { is: "/" } });
  });

  it("may import WebAssembly, as a module that is compiled", async () => {
    // Exports "answer", a function without arguments that gives 42.
    // prettier-ignore
    const bytes = [
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 10, 1, 6, 97, 110, 115, 119, 101, 114, 0, 0,
      10, 6, 1, 4, 0, 65, 42, 11,
    ];
    await mkdir(join(folder, "wasm"), { recursive: true });
    await writeFile(join(folder, "wasm/answer.wasm"), new Uint8Array(bytes));
    const path = await written(
      "wasm/module.ts",
      'import answer from "./answer.wasm";\nexport const value = () => new WebAssembly.Instance(answer).exports.answer();\n',
    );
    expect(await inChild(`return (await loadModule(${JSON.stringify(path)})).value()`)).toEqual({ value: 42 });
  });

  it("may import files by rules that are added", async () => {
    await written("rules/deep/note.md", "# Note\n");
    const path = await written("rules/module.ts", 'export { default } from "./deep/note.md";\n');
    expect(
      await inChild(`
        const { addModuleRules } = await import("perdure/loader");
        addModuleRules(${JSON.stringify(join(folder, "rules"))}, [{ type: "Text", globs: ["**/*.md"] }]);
        return (await loadModule(${JSON.stringify(path)})).default;
      `),
    ).toEqual({ value: "# Note\n" });
  });

  it("may import JSON with an attribute, as in Node", async () => {
    await written("attribute/data.json", '{ "a": 1 }');
    const path = await written(
      "attribute/module.ts",
      'import data from "./data.json" with { type: "json" };\nexport const a: number = data.a;\n',
    );
    expect(await inChild(`return { ...(await loadModule(${JSON.stringify(path)})) }`)).toEqual({ value: { a: 1 } });
  });

  it.each([
    ["JSX", "view.tsx", "export default <p>1</p>;\n", /view\.tsx: JSX is not supported/],
    ["JSON that is none", "data.json", "{", /data\.json: .*JSON/],
  ])("says which file has %s", async (_, name, text, message) => {
    const file = await written(`refused/${name}`, text);
    const path = await written("refused/module.ts", `export { default } from "./${name}";\n`);

    expect(await inChild(`await loadModule(${JSON.stringify(path)})`)).toMatchObject({
      error: { name: "SyntaxError", message: expect.stringMatching(message) },
    });
    expect(await inChild(`await loadModule(${JSON.stringify(path)})`)).toHaveProperty(
      "error.message",
      expect.stringContaining(file),
    );
  });

  it("is an ES module also where package.json says otherwise", async () => {
    await written("commonjs/package.json", '{ "type": "commonjs" }');
    const path = await written("commonjs/module.ts", "export const url = import.meta.url.length > 0;\n");

    expect(await inChild(`return { ...(await loadModule(${JSON.stringify(path)})) }`)).toEqual({
      value: { url: true },
    });
  });

  it("may be loaded by a path relative to the working directory, or by a URL", async () => {
    expect(
      await inChild(`
        process.chdir(fixture(""));
        const byPath = await loadModule("no-workflow.ts");
        const byUrl = await loadModule("file://" + fixture("no-workflow.ts"));
        return [byPath.answer, byPath === byUrl];
      `),
    ).toEqual({ value: [42, true] });
  });
});

describe("the workflows of a module", () => {
  it("are its exported classes of the base, each export name once, and no other class", async () => {
    expect(await inChild(`return [...(await loadWorkflows(fixture("bases.ts"))).keys()].sort()`)).toEqual({
      value: ["Base", "First", "Renamed"],
    });
  });

  it("go by the name of the class when they are a default export", async () => {
    const path = await written(
      "by-default.ts",
      'import { WorkflowEntrypoint } from "cloudflare:workers";\nexport default class Only extends WorkflowEntrypoint { async run() {} }\n',
    );
    expect(await inChild(`return [...(await loadWorkflows(${JSON.stringify(path)})).keys()]`)).toEqual({
      value: ["Only"],
    });
  });

  it("may extend the base of another copy of this package", async () => {
    const source = createRequire(import.meta.url).resolve("perdure/workflow");
    await mkdir(join(folder, "copy"), { recursive: true });
    await cp(source, join(folder, "copy/workflow.ts"));
    const path = await written(
      "copy/mine.ts",
      'import { WorkflowEntrypoint } from "./workflow.ts";\nexport class Mine extends WorkflowEntrypoint { async run() {} }\n',
    );
    expect(await inChild(`return [...(await loadWorkflows(${JSON.stringify(path)})).keys()]`)).toEqual({
      value: ["Mine"],
    });
  });

  it.each([
    ["there is no file", "nowhere.ts", "{}", /^There is no file .*nowhere\.ts: give the path of a module/],
    ["it is a folder", "project", "{}", /^There is no file .*project: give the path of a module/],
    [
      "none is exported",
      "no-workflow.ts",
      "{}",
      /no-workflow\.ts exports no workflow, .* It exports NotOne, answer\.$/,
    ],
    [
      "a name is given for a class that it does not have",
      "overview.ts",
      '{ names: { Other: "other" } }',
      /overview\.ts exports no workflow Other; it exports ImageProcessingWorkflow$/,
    ],
    [
      "a name does not fit",
      "overview.ts",
      '{ names: { ImageProcessingWorkflow: "image.processing" } }',
      /^"image\.processing" .* cannot be the name of a workflow/,
    ],
    [
      "two have one name",
      "bases.ts",
      '{ names: { Base: "First" } }',
      /bases\.ts has two workflows of the name "First"$/,
    ],
  ])("are refused when %s", async (_, name, options, message) => {
    expect(await inChild(`await loadWorkflows(fixture(${JSON.stringify(name)}), ${options})`)).toMatchObject({
      error: { name: "WorkflowLoadError", message: expect.stringMatching(message) },
    });
  });
});

describe("imports of the Workers runtime", () => {
  it("that are not offered are refused by name, with the file that has them", async () => {
    expect(await inChild(`await loadWorkflows(fixture("sockets.ts"))`)).toMatchObject({
      error: {
        message: `"cloudflare:sockets" is not offered here (imported by ${fixture("sockets.ts")}): of the Workers runtime's own modules, cloudflare:workers and cloudflare:workflows are`,
      },
    });
  });

  it("give env, bases to extend, waitUntil and withEnv", async () => {
    expect(
      await inChild(`
        const workflows = await loadWorkflows(fixture("bases.ts"));
        bindEnv({ NAME: "outer" });
        return await new (workflows.get("First"))({}, {}).run();
      `),
    ).toEqual({ value: { env: { NAME: "outer" }, inner: { NAME: "inner" }, stub: true, exports: "object" } });
  });

  it("say so when env is read before there is one", async () => {
    expect(await inChild(`await loadWorkflows(fixture("top-level-env.ts"))`)).toMatchObject({
      error: { message: expect.stringMatching(/^env\.NAME was read before the worker had an env/) },
    });
  });
});

describe("other files of the process", () => {
  it("load as they did: what Node refuses is refused, by the same error", async () => {
    const load = `const message = await import("file://" + fixture("enum-alone.ts")).catch((error) => error.code);`;
    const [before, after] = [
      await inChild(`${load} return message;`),
      await inChild(`registerLoader(); registerLoader(); ${load} return message;`),
    ];

    expect(before).toEqual({ value: "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" });
    expect(after).toEqual(before);
  });

  it("that belong to this package are not transformed, even if a workflow module imports them", async () => {
    const path = await written(
      "node_modules-free/imports-sdk.ts",
      `export { parseDuration } from ${JSON.stringify(createRequire(import.meta.url).resolve("perdure/duration"))};\n`,
    );
    expect(
      await inChild(`
        const { parseDuration } = await loadModule(${JSON.stringify(path)});
        return [parseDuration("1 second"), parseDuration.toString().includes("duration: unknown")];
      `),
    ).toEqual({ value: [1000, false] });
  });
});
