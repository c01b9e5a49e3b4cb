import { matchesGlob, relative } from "node:path";

/** Says as what files are imported that no extension tells. */
export interface ModuleRule {
  /** A string, an `ArrayBuffer`, or a `WebAssembly.Module`. */
  readonly type: "Text" | "Data" | "CompiledWasm";
  /** Patterns of paths, from the folder on. */
  readonly globs: readonly string[];
}

const added: { readonly folder: string; readonly rule: ModuleRule }[] = [];

/**
 * Adds rules for the files of a folder, as `rules` of a project's configuration has them. Earlier ones win.
 *
 * @example
 * addModuleRules("/srv/shop", [{ type: "Text", globs: ["**\/*.md"] }]);
 */
export function addModuleRules(folder: string, rules: readonly ModuleRule[]): void {
  added.push(...rules.map((rule) => ({ folder, rule })));
}

/** As what a file is imported, where a rule says so. */
export function ruleFor(path: string): ModuleRule["type"] | undefined {
  const found = added.find(({ folder, rule }) => {
    const inFolder = relative(folder, path);
    return rule.globs.some((glob) => matchesGlob(inFolder, glob));
  });
  return found?.rule.type;
}
