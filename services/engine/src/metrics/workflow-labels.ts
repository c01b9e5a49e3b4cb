import { workflowText, type WorkflowName } from "../domain/name.ts";

/** Workflows that have lines of their own. Ours: each costs some ten kilobytes a scrape. */
export const WORKFLOWS_MAX = 200;

/** What a workflow is called in metrics. */
export interface WorkflowLabels {
  readonly namespace: string;
  readonly workflow: string;
}

const OTHER: WorkflowLabels = { namespace: "other", workflow: "other" };

/** Gives the first workflows that come labels of their own, and one to all others: callers choose names, memory is finite. */
export class WorkflowNames {
  readonly #max: number;
  readonly #known = new Map<string, WorkflowLabels>();

  constructor(max: number = WORKFLOWS_MAX) {
    this.#max = max;
  }

  labels({ namespace, workflow }: WorkflowName): WorkflowLabels {
    const key = workflowText({ namespace, workflow });
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#max) return OTHER;
    const labels = { namespace, workflow };
    this.#known.set(key, labels);
    return labels;
  }

  /** Of the workflows that have labels of their own. */
  namespaces(): ReadonlySet<string> {
    return new Set([...this.#known.values()].map(({ namespace }) => namespace));
  }
}
