import { inspect } from "node:util";
import { addModuleRules, loadModule, WorkflowLoadError } from "perdure/loader";
import { isWorkflowClass, type WorkflowClass } from "perdure/workflow";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";
import type { ProjectConfig } from "./config.ts";
import { shownPath } from "./shown-path.ts";
import type { ProjectWorkflow } from "./workflows.ts";

/** What a project's main module offers. */
export interface ProjectModule {
  /** By the configured name. */
  readonly workflows: ReadonlyMap<string, WorkflowClass>;
  readonly defaultExport: unknown;
}

/** @throws {CommandRefused} when it cannot be loaded, with its stack where its own code threw, or lacks a class. */
export async function loadProjectModule({ folder, main, rules, workflows }: ProjectConfig): Promise<ProjectModule> {
  addModuleRules(folder, rules);
  const exported = await load(main);
  const served = [...workflows.served.values()];
  const missing = served.filter(({ className }) => !isWorkflowClass(exported[className]));
  if (missing.length > 0) throw refused(missing.map((workflow) => missingText(workflow, main, exported)).join("\n"));
  return {
    workflows: new Map(served.map(({ name, className }) => [name, exported[className] as WorkflowClass])),
    defaultExport: exported["default"],
  };
}

async function load(main: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await loadModule(main);
  } catch (error) {
    throw refused(error instanceof WorkflowLoadError ? error.message : inspect(error));
  }
}

function missingText(
  { name, className }: ProjectWorkflow,
  main: string,
  exported: Readonly<Record<string, unknown>>,
): string {
  const module = shownPath(main);
  if (className in exported)
    return `the workflow ${name} is ${className} of ${module}, which extends no WorkflowEntrypoint`;
  const names = Object.keys(exported).join(", ") || "nothing";
  return `the workflow ${name} is the class ${className}, and ${module} has no such export; it exports ${names}`;
}

const refused = (text: string): CommandRefused => new CommandRefused("INVALID_MODULE", text, EXIT.usage);
