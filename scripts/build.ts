/** Compiles what is published to `dist` in each package, with a package.json that points there. */
import { execFileSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const ROOT = dirname(import.meta.dirname);
const PACKAGES = ["sdk/typescript", "services/engine", "cli"];

type Json = string | boolean | number | null | readonly Json[] | { readonly [key: string]: Json };

/** Sources are imported as TypeScript, what is published as JavaScript beside its types. */
function published(value: Json): Json {
  if (typeof value === "string") return value.replace(/(?<=^\.\/.*)\.ts$/, ".js");
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(published);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, published(inner)]));
}

for (const folder of PACKAGES) await rm(join(ROOT, folder, "dist"), { recursive: true, force: true });
execFileSync("tsc", ["--build", "--force", ...PACKAGES], { cwd: ROOT, stdio: "inherit" });
for (const folder of PACKAGES) {
  const manifest = JSON.parse(await readFile(join(ROOT, folder, "package.json"), "utf8")) as Json;
  await writeFile(join(ROOT, folder, "dist/package.json"), `${JSON.stringify(published(manifest), null, 2)}\n`);
}
