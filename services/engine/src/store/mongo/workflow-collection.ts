import type { Collection } from "mongodb";
import type { Status } from "../../domain/lifecycle.ts";
import { workflowText, type WorkflowName } from "../../domain/name.ts";
import type { Workflow } from "../../domain/workflow.ts";
import { readStatus, readWorkflow, writeWorkflow } from "../document.ts";
import type { OnWritten } from "../written.ts";
import type { HeadDocument, WorkflowDocument } from "./collections.ts";
import { isDuplicateKey } from "./mongo-errors.ts";

/** The workflows of all replicas. */
export class WorkflowCollection {
  readonly #workflows: Collection<WorkflowDocument>;
  readonly #heads: Collection<HeadDocument>;
  readonly #onWritten: OnWritten;

  constructor(workflows: Collection<WorkflowDocument>, heads: Collection<HeadDocument>, onWritten: OnWritten) {
    this.#workflows = workflows;
    this.#heads = heads;
    this.#onWritten = onWritten;
  }

  async put(workflow: Workflow, replaces: string | null): Promise<"put" | "conflict"> {
    const document = { _id: workflowText(workflow.name), revision: workflow.revision, ...writeWorkflow(workflow) };
    if (replaces === null ? await this.#insert(document) : await this.#replace(document, replaces)) {
      this.#onWritten("workflows", 1);
      return "put";
    }
    // The driver sends a write again when its answer was lost: it may be this one that is there.
    return (await this.get(workflow.name))?.revision === workflow.revision ? "put" : "conflict";
  }

  async get(name: WorkflowName): Promise<Workflow | undefined> {
    const document = await this.#workflows.findOne({ _id: workflowText(name) });
    return document === null ? undefined : readDocument(document);
  }

  async page(after: WorkflowName | null, limit: number): Promise<readonly Workflow[]> {
    const filter = after === null ? {} : { _id: { $gt: workflowText(after) } };
    const documents = await this.#workflows.find(filter, { sort: { _id: 1 }, limit }).toArray();
    return documents.map(readDocument);
  }

  async remove(name: WorkflowName): Promise<void> {
    const { deletedCount } = await this.#workflows.deleteOne({ _id: workflowText(name) });
    if (deletedCount > 0) this.#onWritten("workflows", deletedCount);
  }

  /** Skips from one name to the next in the index: as fast with a million instances as with one. */
  async withInstances(namespace: string, after: string, limit: number): Promise<readonly string[]> {
    const names = await this.#heads.distinct("workflow", { namespace, workflow: { $gt: after } });
    return (names as string[]).toSorted().slice(0, limit);
  }

  async countByStatus({ namespace, workflow }: WorkflowName): Promise<ReadonlyMap<Status, number>> {
    const pipeline = [{ $match: { namespace, workflow } }, { $group: { _id: "$status", instances: { $sum: 1 } } }];
    const groups = this.#heads.aggregate<{ _id: string; instances: number }>(pipeline, { hint: "countedByStatus" });
    const counts = new Map<Status, number>();
    const of = workflowText({ namespace, workflow });
    for await (const { _id: status, instances } of groups) counts.set(readStatus(of, status), instances);
    return counts;
  }

  async #insert(document: WorkflowDocument): Promise<boolean> {
    try {
      await this.#workflows.insertOne(document);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async #replace({ _id, ...document }: WorkflowDocument, revision: string): Promise<boolean> {
    const { matchedCount } = await this.#workflows.replaceOne({ _id, revision }, document);
    return matchedCount > 0;
  }
}

function readDocument(document: WorkflowDocument): Workflow {
  const { _id: name } = document;
  return readWorkflow(name, document);
}
