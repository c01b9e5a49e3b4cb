import { readFileSync } from "node:fs";
import type { LoadFnOutput } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { transformTypeScript } from "./transform.ts";

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
  ".bin": (url) => moduleOf(`export default Uint8Array.from(${JSON.stringify([...bytes(url)])}).buffer;`),
};

/** Whether files of this kind need more than Node gives them. */
export function hasSource(url: string): boolean {
  return Object.hasOwn(SOURCES, extension(url));
}

/** The module that a file of the user's is, or undefined when Node can load it as it is. */
export function sourceOf(url: string): LoadFnOutput | undefined {
  return SOURCES[extension(url)]?.(url);
}

const extension = (url: string): string => extname(new URL(url).pathname);

const path = (url: string): string => {
  const { href } = Object.assign(new URL(url), { search: "", hash: "" });
  return fileURLToPath(href);
};

const text = (url: string): string => readFileSync(path(url), "utf8");

const bytes = (url: string): Uint8Array => readFileSync(path(url));

const moduleOf = (source: string): LoadFnOutput => ({ format: "module", source, shortCircuit: true });

function textModule(url: string): LoadFnOutput {
  return moduleOf(`export default ${JSON.stringify(text(url))};`);
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
