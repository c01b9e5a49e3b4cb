import { statSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Our modules that stand in for those of the Workers runtime. As sources, or as built for publishing. */
const OWN_EXTENSION = extname(new URL(import.meta.url).pathname);
const CLOUDFLARE_MODULES: Readonly<Record<string, string>> = {
  "cloudflare:workers": new URL(`../cloudflare/workers${OWN_EXTENSION}`, import.meta.url).href,
  "cloudflare:workflows": new URL(`../cloudflare/workflows${OWN_EXTENSION}`, import.meta.url).href,
};

/** URL of our module for a `cloudflare:` import. @throws Error for those that there is none for. */
export function cloudflareModule(specifier: string, parentUrl: string | undefined): string {
  const url = Object.hasOwn(CLOUDFLARE_MODULES, specifier) ? CLOUDFLARE_MODULES[specifier] : undefined;
  if (url !== undefined) return url;
  const importer = parentUrl?.startsWith("file:") ? ` (imported by ${fileURLToPath(parentUrl)})` : "";
  throw new Error(
    `"${specifier}" is not offered here${importer}: of the Workers runtime's own modules, ${Object.keys(CLOUDFLARE_MODULES).join(" and ")} are`,
  );
}

/** What `./x.js` may be in a TypeScript project. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/** What is tried after a specifier without extension, in a bundler's order. */
const EXTENSIONS = [".tsx", ".ts", ".jsx", ".js", ".json"];

/**
 * The file that a bundler takes for a relative import that Node does not find: `./x.js` written as `./x.ts`, `./x`
 * as `./x.ts`, or a folder's `index.ts`.
 */
export function bundlerFile(specifier: string, parentUrl: string): string | undefined {
  if (!/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return undefined;
  const url = new URL(specifier, parentUrl);
  const { pathname } = url;
  const extension = extname(pathname);
  const stem = pathname.slice(0, pathname.length - extension.length);
  const candidates = [
    ...(WRITTEN_AS[extension] ?? []).map((written) => stem + written),
    ...EXTENSIONS.map((added) => pathname + added),
    ...EXTENSIONS.map((added) => `${pathname.replace(/\/$/, "")}/index${added}`),
  ];
  return candidates.map((candidate) => Object.assign(new URL(url), { pathname: candidate }).href).find(isFile);
}

const isFile = (url: string): boolean => {
  const { href } = Object.assign(new URL(url), { search: "", hash: "" });
  return statSync(fileURLToPath(href), { throwIfNoEntry: false })?.isFile() ?? false;
};
