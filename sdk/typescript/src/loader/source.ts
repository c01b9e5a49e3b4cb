import { readFileSync } from "node:fs";
import type { LoadFnOutput } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type ModuleRule, ruleFor } from "./rules.ts";
import { transformTypeScript } from "./transform.ts";

/** What only an ES module has, at the beginning of a line. */
const MODULE_SYNTAX = /^[ \t]*(?:import|export)(?=[\s{*"'])/m;

/** Module source by file extension, as Workers' bundler has it; what is not here is Node's own business. */
const SOURCES: Readonly<Record<string, (url: string) => LoadFnOutput>> = {
  ".ts": (url) => moduleOf(transformTypeScript(text(url), url)),
  ".mts": (url) => moduleOf(transformTypeScript(text(url), url)),
  ".cts": (url) => ({ ...moduleOf(transformTypeScript(text(url), url)), format: "commonjs" }),
  ".tsx": refuseJsx,
  ".jsx": refuseJsx,
  ".json": (url) => moduleOf(jsonModule(text(url), url)),
  ".txt": textModule,
  ".html": textModule,
  ".sql": textModule,
  ".bin": dataModule,
  ".wasm": wasmModule,
};

/** What the rules of a project can ask for. */
const BY_RULE: Readonly<Record<ModuleRule["type"], (url: string) => LoadFnOutput>> = {
  Text: textModule,
  Data: dataModule,
  CompiledWasm: wasmModule,
};

/** Whether files of this kind need more than Node gives them. */
export function hasSource(url: string): boolean {
  return Object.hasOwn(SOURCES, extension(url));
}

/**
 * The module that a file of the user's is, or undefined when Node can load it as it is.
 *
 * @param format What Node takes it for.
 */
export function sourceOf(url: string, format: string | null | undefined): LoadFnOutput | undefined {
  const rule = ruleFor(path(url));
  if (rule !== undefined) return BY_RULE[rule](url);
  if (format === "commonjs" && extension(url) === ".js") return moduleInCommonjs(url);
  return SOURCES[extension(url)]?.(url);
}

const extension = (url: string): string => extname(new URL(url).pathname);

const path = (url: string): string => {
  const { href } = Object.assign(new URL(url), { search: "", hash: "" });
  return fileURLToPath(href);
};

const text = (url: string): string => readFileSync(path(url), "utf8");

const READ = 'import { readFileSync } from "node:fs";';

const moduleOf = (source: string): LoadFnOutput => ({ format: "module", source, shortCircuit: true });

/** A bundler looks at the syntax, whatever a package.json says: `npm init` writes "commonjs" into it. */
function moduleInCommonjs(url: string): LoadFnOutput | undefined {
  const source = text(url);
  return MODULE_SYNTAX.test(source) ? moduleOf(source) : undefined;
}

function textModule(url: string): LoadFnOutput {
  return moduleOf(`export default ${JSON.stringify(text(url))};`);
}

function dataModule(url: string): LoadFnOutput {
  return moduleOf(`${READ} export default new Uint8Array(readFileSync(${JSON.stringify(path(url))})).buffer;`);
}

/** Compiled, to be instantiated by who imports it. */
function wasmModule(url: string): LoadFnOutput {
  return moduleOf(`${READ} export default new WebAssembly.Module(readFileSync(${JSON.stringify(path(url))}));`);
}

/** The whole as default export, and each key of an object by its name. */
function jsonModule(json: string, url: string): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new SyntaxError(`${path(url)}: ${(error as Error).message}`, { cause: error });
  }
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const named = keys
    .filter((key) => key !== "default" && key.isWellFormed())
    .map(
      (key, index) =>
        `const key${index} = json[${JSON.stringify(key)}]; export { key${index} as ${JSON.stringify(key)} };`,
    );
  // Through a text: an object literal would take a key __proto__ for something else.
  return [`const json = JSON.parse(${JSON.stringify(json)}); export default json;`, ...named].join("\n");
}

function refuseJsx(url: string): never {
  throw new SyntaxError(`${path(url)}: JSX is not supported in workflow modules`);
}
