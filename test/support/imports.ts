import { dirname, join } from "node:path/posix";
import { parseSync, Visitor } from "oxc-parser";

/** A source file: its path from the root, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The one file whose purpose is to import what only a run can tell: the user's module. */
const USERS_MODULE_LOADER = "sdk/typescript/src/loader/load-workflows.ts";

/** Everything a file imports, re-exports or names in `import()`, types too: relative ones as paths from the root. */
export function importsOf({ path, text }: SourceFile): readonly string[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const specifiers: string[] = [];
  const add = (source: unknown) => {
    if (!isString(source)) throw new Error(`${path}: an import whose target only a run can tell`);
    specifiers.push(source.value);
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => node.source && add(node.source),
    ImportExpression: (node) => {
      if (path !== USERS_MODULE_LOADER || isString(node.source)) add(node.source);
    },
    TSImportType: (node) => add(node.source),
  }).visit(program);
  return specifiers.map((specifier) => (specifier.startsWith(".") ? join(dirname(path), specifier) : specifier));
}

/** What a file takes from the clock, from chance or from the process around it instead of from its arguments. */
export function impuritiesOf({ path, text }: SourceFile): readonly string[] {
  const found: string[] = [];
  new Visitor({
    MemberExpression: (node) => {
      if (node.object.type !== "Identifier") return;
      const name = `${node.object.name}.${node.property.type === "Identifier" ? node.property.name : "[…]"}`;
      if (IMPURE_MEMBERS.has(name) || IMPURE_GLOBALS.has(node.object.name)) found.push(name);
    },
    CallExpression: ({ callee }) => {
      if (callee.type !== "Identifier") return;
      if (callee.name === "Date" || IMPURE_GLOBALS.has(callee.name)) found.push(`${callee.name}()`);
    },
    NewExpression: ({ callee, arguments: values }) => {
      if (callee.type === "Identifier" && callee.name === "Date" && values.length === 0) found.push("new Date()");
    },
  }).visit(parseSync(path, text).program);
  return found;
}

const IMPURE_MEMBERS: ReadonlySet<string> = new Set(["Date.now", "Math.random"]);
// prettier-ignore
const IMPURE_GLOBALS: ReadonlySet<string> = new Set([
  "console", "crypto", "fetch", "globalThis", "performance", "process", "queueMicrotask",
  "setImmediate", "setInterval", "setTimeout",
]);

function isString(source: unknown): source is { readonly value: string } {
  return typeof source === "object" && source !== null && "value" in source && typeof source.value === "string";
}
