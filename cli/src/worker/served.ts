import { loadWorkflows } from "perdure/loader";
import { WORKFLOW_NAME } from "perdure/names";
import type { WorkflowClass } from "perdure/workflow";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";

/** What a worker serves, by the name that instances are created with. */
export type Served = ReadonlyMap<string, WorkflowClass>;

/**
 * The workflows of a module: all that it exports, under the names of their classes; or those that are named,
 * as `name=ClassName`.
 *
 * @throws {CommandRefused} with a sentence when the module lacks what is named.
 */
export async function loadServed(module: string, named: readonly string[]): Promise<Served> {
  const exported = await loadWorkflows(module);
  if (named.length === 0) return exported;
  return new Map(named.map((text) => renamed(text, exported, module)));
}

function renamed(text: string, exported: Served, module: string): readonly [string, WorkflowClass] {
  const [name = "", className = name] = text.split("=", 2);
  const workflow = exported.get(className);
  if (workflow !== undefined && WORKFLOW_NAME.test(name)) return [name, workflow];
  const classes = [...exported.keys()].join(", ");
  throw new CommandRefused(
    "INVALID_OPTION",
    `--workflow ${text} names no workflow of ${module}: give name=ClassName, the name of 1 to 64 letters, digits, "_" and "-", the class one of ${classes}`,
    EXIT.usage,
  );
}

/** The name under which workflows find a workflow in `env`: "image-review" and "ImageReview" are IMAGE_REVIEW. */
export function bindingName(workflow: string): string {
  return workflow
    .replaceAll("-", "_")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toUpperCase();
}
