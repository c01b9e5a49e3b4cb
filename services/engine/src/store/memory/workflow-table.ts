import { workflowText, type WorkflowName } from "../../domain/name.ts";
import type { Workflow } from "../../domain/workflow.ts";

/** The workflows of which something was said. */
export class WorkflowTable {
  readonly #rows = new Map<string, Workflow>();

  put(workflow: Workflow, replaces: string | null): boolean {
    const key = workflowText(workflow.name);
    if ((this.#rows.get(key)?.revision ?? null) !== replaces) return false;
    this.#rows.set(key, workflow);
    return true;
  }

  get(name: WorkflowName): Workflow | undefined {
    return this.#rows.get(workflowText(name));
  }

  page(after: WorkflowName | null, limit: number): readonly Workflow[] {
    const keys = [...this.#rows.keys()].filter((key) => after === null || key > workflowText(after)).toSorted();
    return keys.slice(0, limit).flatMap((key) => this.#rows.get(key) ?? []);
  }

  remove(name: WorkflowName): boolean {
    return this.#rows.delete(workflowText(name));
  }
}
