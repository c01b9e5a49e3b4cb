import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as Transformer from "@swc/wasm-typescript";

const require = createRequire(import.meta.url);

/** What bundlers do with a file of its own: imports used only as types go, enums and namespaces become code. */
const OPTIONS = {
  mode: "transform",
  module: true,
  sourceMap: true,
  transform: {
    verbatimModuleSyntax: false,
    nativeClassProperties: true,
    importExportAssignConfig: "NodeNext",
  },
} as const;

/** What the transformer throws: an object of its own. */
interface Mistake {
  readonly message?: string;
  readonly snippet?: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/**
 * JavaScript of a TypeScript module, with a source map inside, so that stacks show the lines as written.
 *
 * @throws SyntaxError that names file, line and column.
 */
export function transformTypeScript(source: string, url: string): string {
  // Here and not at the top: it takes 30 ms to load, and not every worker has TypeScript.
  const { transformSync } = require("@swc/wasm-typescript") as typeof Transformer;
  try {
    const { code, map } = transformSync(source, { ...OPTIONS, filename: url });
    if (map === undefined) return code;
    return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`;
  } catch (error) {
    throw syntaxError(error as Mistake, url);
  }
}

function syntaxError({ message, snippet, startLine = 1, startColumn = 0 }: Mistake, url: string): SyntaxError {
  const place = `${fileURLToPath(url)}:${startLine}:${startColumn + 1}`;
  return new SyntaxError(`${place}: ${message ?? "not TypeScript"}${snippet === undefined ? "" : `\n${snippet}`}`);
}
