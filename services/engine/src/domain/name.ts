/** Names one instance, for people and programs. */
export interface InstanceName {
  readonly namespace: string;
  readonly workflow: string;
  readonly id: string;
}

/** Names a workflow. */
export interface WorkflowName {
  readonly namespace: string;
  readonly workflow: string;
}

export const DEFAULT_NAMESPACE = "default";

/** One text a name: namespaces and workflows have no slash; the id of an instance that a schedule made may. */
export function nameText(name: InstanceName): string {
  return `${name.namespace}/${name.workflow}/${name.id}`;
}

/** One text a workflow: the beginning of its instances' names. */
export function workflowText({ namespace, workflow }: WorkflowName): string {
  return `${namespace}/${workflow}`;
}

/** What the parts of a name look like. Source: the programming model's rules for names and ids. */
export const WORKFLOW_NAME = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,63}$/;
export const INSTANCE_ID = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,99}$/;
export const EVENT_TYPE = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,99}$/;

/** Step names: at most 256 UTF-16 units, no control characters. Empty is allowed. */
export const STEP_NAME_UNITS_MAX = 256;

export function isStepName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the model forbids exactly these
  return name.length <= STEP_NAME_UNITS_MAX && !/[\u0000-\u001f]/.test(name);
}
