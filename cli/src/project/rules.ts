import type { ModuleRule } from "perdure/loader";
import { type Section, shown } from "./section.ts";

const TYPES: readonly string[] = ["Text", "Data", "CompiledWasm"] satisfies readonly ModuleRule["type"][];

/** What is JavaScript here shows in its syntax, so that these ask for nothing. */
const SCRIPTS = ["ESModule", "CommonJS"];

/** How a project's files are imported that no extension tells. */
export function readRules(holder: Section): readonly ModuleRule[] {
  return holder.sections("rules").flatMap((section) => {
    const type = section.requiredText("type");
    const globs = section.texts("globs");
    if (type === undefined || SCRIPTS.includes(type)) return [];
    if (TYPES.includes(type)) return { type: type as ModuleRule["type"], globs };
    section.warning(
      ["type"],
      `it is one of ${[...TYPES, ...SCRIPTS].join(", ")} here, and ${shown(type)} has no effect`,
    );
    return [];
  });
}
