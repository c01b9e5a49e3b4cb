import { WORKFLOW_NAME } from "perdure/names";
import { isObject, type Section, shown } from "./section.ts";
import { readWorkflowSettings, SETTING_KEYS, type WorkflowSettings } from "./workflow-settings.ts";

/** A workflow that a project serves: a class of its main module under the configured name. */
export interface ProjectWorkflow {
  readonly name: string;
  readonly className: string;
  readonly settings: WorkflowSettings;
}

/** The name in `env` under which code finds a workflow. */
export interface WorkflowBinding {
  readonly binding: string;
  readonly workflow: string;
  /** The Worker that has the class, where it is another one. */
  readonly script: string | undefined;
}

export interface ProjectWorkflows {
  /** By name. */
  readonly served: ReadonlyMap<string, ProjectWorkflow>;
  readonly bindings: readonly WorkflowBinding[];
  /** Names of workflows by class: what `ctx.exports` has. */
  readonly exported: ReadonlyMap<string, string>;
}

/** A served workflow, and where the configuration declares it. */
interface Declared extends ProjectWorkflow {
  readonly section: Section;
}

/**
 * The workflows that a configuration declares. A binding and an export of the same name are one workflow.
 *
 * @param bound Has `workflows`; @param exporting has `exports`.
 */
export function readWorkflows(bound: Section, exporting: Section, scriptName: string | undefined): ProjectWorkflows {
  const declared = new Map<string, Declared>();
  const exported = new Map<string, string>();
  for (const workflow of readExports(exporting)) {
    if (declared.has(workflow.name)) workflow.section.mistake(["name"], `${workflow.name} is exported twice`);
    declared.set(workflow.name, workflow);
    exported.set(workflow.className, workflow.name);
  }
  const bindings = bound.sections("workflows").flatMap((section) => {
    const binding = readBinding(section, scriptName);
    if (binding === undefined) return [];
    const className = section.requiredText("class_name");
    const settings = readWorkflowSettings(section);
    if (className !== undefined) declare(declared, { name: binding.workflow, className, settings, section }, binding);
    return binding;
  });
  return { served: declared, bindings, exported };
}

function readExports(exporting: Section): readonly Declared[] {
  const all = exporting.section("exports");
  return (all?.keys ?? []).flatMap((className) => {
    const value = all?.value(className);
    if (!isObject(value) || value["type"] !== "workflow") return [];
    const section = all?.section(className);
    section?.only(["type", "name", ...SETTING_KEYS]);
    const name = section && readName(section);
    if (section === undefined || name === undefined) return [];
    return { name, className, settings: readWorkflowSettings(section), section };
  });
}

function readBinding(section: Section, scriptName: string | undefined): WorkflowBinding | undefined {
  section.only(["binding", "name", "class_name", "script_name", "remote", ...SETTING_KEYS]);
  const binding = section.requiredText("binding");
  const workflow = readName(section);
  const script = section.text("script_name");
  if (binding === undefined || workflow === undefined) return undefined;
  return { binding, workflow, script: script === scriptName ? undefined : script };
}

function readName(section: Section): string | undefined {
  const name = section.requiredText("name");
  if (name === undefined || WORKFLOW_NAME.test(name)) return name;
  return section.mistake(["name"], `it is 1 to 64 letters, digits, "_" and, not first, "-", not ${shown(name)}`);
}

/** A workflow of this project that a binding names, unless an export or another binding has declared it. */
function declare(declared: Map<string, Declared>, workflow: Declared, binding: WorkflowBinding): void {
  const { name, className, section } = workflow;
  const known = declared.get(name);
  const settingKeys = SETTING_KEYS.filter((key) => section.has(key));
  if (binding.script !== undefined) {
    for (const key of settingKeys) section.mistake([key], `it belongs to ${binding.script}, which has the class`);
    if (known !== undefined) section.mistake(["script_name"], `this Worker has a workflow ${name} of its own`);
  } else if (known === undefined) {
    declared.set(name, workflow);
  } else if (known.className !== className) {
    section.mistake(["class_name"], `the workflow ${name} is ${known.className} already, not ${className} too`);
  } else {
    for (const key of settingKeys) section.mistake([key], `it belongs where the workflow ${name} is declared first`);
  }
}
