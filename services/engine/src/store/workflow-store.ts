import type { Status } from "../domain/lifecycle.ts";
import type { WorkflowName } from "../domain/name.ts";
import type { Workflow } from "../domain/workflow.ts";

/** What is kept of workflows, and what can be told of all instances of one. */
export interface WorkflowStore {
  /** Writes a workflow if its revision is still the one it replaces; null: if there is none. */
  putWorkflow(workflow: Workflow, replaces: string | null): Promise<"put" | "conflict">;

  workflow(name: WorkflowName): Promise<Workflow | undefined>;

  /** Those of all namespaces, by namespace and name, after one for the next page. */
  workflows(after: WorkflowName | null, limit: number): Promise<readonly Workflow[]>;

  /** Without effect when there is none. */
  deleteWorkflow(name: WorkflowName): Promise<void>;

  /** Names of the workflows of a namespace that have instances, in order, after one for the next page. */
  workflowsWithInstances(namespace: string, after: string, limit: number): Promise<readonly string[]>;

  /** How many instances of a workflow have each status. Read from an index alone; what workers have may lag. */
  countByStatus(name: WorkflowName): Promise<ReadonlyMap<Status, number>>;
}
