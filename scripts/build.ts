/** Compiles what is published to `dist` in each package, with a package.json that points there. */
import { execFileSync } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const ROOT = dirname(import.meta.dirname);
const PACKAGES = ["sdk/typescript", "services/console", "services/engine", "cli"];

/** Parts of packages that are compiled when others are. */
const LATER = ["sdk/typescript/tsconfig.testing.json"];

type Json = string | boolean | number | null | readonly Json[] | { readonly [key: string]: Json };

const isCompiled = (path: string) => path.endsWith(".ts") && !path.endsWith(".d.ts");

/** Sources are imported as TypeScript, what is published as JavaScript beside its types. */
function published(value: Json): Json {
  if (typeof value === "string") {
    return value.startsWith("./") && isCompiled(value) ? value.replace(/ts$/, "js") : value;
  }
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(published);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, published(inner)]));
}

for (const folder of PACKAGES) await rm(join(ROOT, folder, "dist"), { recursive: true, force: true });
execFileSync("tsc", ["--build", "--force", ...PACKAGES, ...LATER], { cwd: ROOT, stdio: "inherit" });
for (const folder of PACKAGES) {
  const from = join(ROOT, folder);
  const to = join(from, "dist");
  await cp(join(from, "src"), join(to, "src"), { recursive: true, filter: (path) => !isCompiled(path) });
  await cp(join(ROOT, "LICENSE"), join(to, "LICENSE"));
  const manifest = JSON.parse(await readFile(join(from, "package.json"), "utf8")) as Json;
  await writeFile(join(to, "package.json"), `${JSON.stringify(published(manifest), null, 2)}\n`);
}
