import type { Section } from "./section.ts";

/** What a project may be told to do at other places, with what that means here. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  alias: "modules are loaded as they lie; no other one is put in their place",
  assets: "the folder is not served; a binding of it needs wrangler in the project, or --env",
  build: "the command is not run; run it first where `main` is what it makes",
  define: "nothing is put in the place of identifiers; use `vars`",
  python_modules: "a Python Worker cannot be served",
  site: "it is not served",
};

/** Warns of settings that a project may rely on and that do nothing here. */
export function warnOfBundling(holder: (key: string) => Section): void {
  for (const [key, what] of Object.entries(WITHOUT_EFFECT)) {
    const section = holder(key);
    if (section.has(key)) section.warning([key], what);
  }
}
