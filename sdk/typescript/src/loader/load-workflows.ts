import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { WORKFLOW_NAME } from "../names.ts";
import { isWorkflowClass, type WorkflowClass } from "../workflow.ts";
import { addUserModule, registerLoader } from "./register.ts";

/** A module of workflows cannot be used: it is missing, exports none, or a name does not fit. */
export class WorkflowLoadError extends Error {
  override name = "WorkflowLoadError";
}

/** How workflows of a module are called. */
export interface LoadWorkflowsOptions {
  /** Names by class, `{ ImageProcessingWorkflow: "image-processing" }` for instance. Default: the class's own. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * Loads a module as a bundler for Workers would: TypeScript, `cloudflare:` imports, imports without extension.
 *
 * @param modulePath A path, relative to the working directory, or a `file:` URL.
 * @throws WorkflowLoadError when there is no such file; SyntaxError; whatever the module throws.
 */
export async function loadModule(modulePath: string | URL): Promise<Readonly<Record<string, unknown>>> {
  registerLoader();
  const path = pathOf(modulePath);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new WorkflowLoadError(`There is no file ${path}: give the path of a module, src/index.ts for instance`);
  }
  const { href } = pathToFileURL(path);
  addUserModule(href);
  return (await import(href)) as Record<string, unknown>;
}

/**
 * Loads the workflows that a module exports: its classes that extend `WorkflowEntrypoint`, by workflow name.
 *
 * @throws WorkflowLoadError when there is no such file, it exports no workflow, or a name does not fit.
 * @example
 * const workflows = await loadWorkflows("src/index.ts", { names: { OrderWorkflow: "orders" } });
 * workflows.get("orders"); // class OrderWorkflow
 */
export async function loadWorkflows(
  modulePath: string | URL,
  { names = {} }: LoadWorkflowsOptions = {},
): Promise<Map<string, WorkflowClass>> {
  const path = pathOf(modulePath);
  const exported = await loadModule(modulePath);
  const classes = workflowClasses(exported);
  if (classes.size === 0) throw new WorkflowLoadError(`${path} ${noneIn(exported)}`);
  for (const className of Object.keys(names)) {
    if (!classes.has(className)) {
      throw new WorkflowLoadError(
        `${path} exports no workflow ${className}; it exports ${[...classes.keys()].join(", ")}`,
      );
    }
  }
  const workflows = new Map<string, WorkflowClass>();
  for (const [className, type] of classes) {
    const name = names[className] ?? className;
    if (!WORKFLOW_NAME.test(name)) {
      throw new WorkflowLoadError(
        `"${name}" (${path}) cannot be the name of a workflow: 1 to 64 letters, digits, "_" or, not first, "-"`,
      );
    }
    if (workflows.has(name)) throw new WorkflowLoadError(`${path} has two workflows of the name "${name}"`);
    workflows.set(name, type);
  }
  return workflows;
}

function pathOf(modulePath: string | URL): string {
  const isUrl = modulePath instanceof URL || modulePath.startsWith("file:");
  return isUrl ? fileURLToPath(modulePath) : resolve(modulePath);
}

/** By export name, as a binding's `class_name` has it. A default export goes by its class's name. */
function workflowClasses(exported: Readonly<Record<string, unknown>>): Map<string, WorkflowClass> {
  const classes = new Map<string, WorkflowClass>();
  for (const [name, value] of Object.entries(exported)) {
    if (name !== "default" && isWorkflowClass(value)) classes.set(name, value);
  }
  const byDefault = exported["default"];
  if (isWorkflowClass(byDefault) && ![...classes.values()].includes(byDefault)) classes.set(byDefault.name, byDefault);
  return classes;
}

function noneIn(exported: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exported);
  const found = names.length === 0 ? "It exports nothing" : `It exports ${names.join(", ")}`;
  return `exports no workflow, a class that extends WorkflowEntrypoint of "cloudflare:workers". ${found}.`;
}
