import { randomUUID } from "node:crypto";
import { reasonOf } from "../transport-errors.ts";
import type {
  Workflow,
  WorkflowInstanceCreateBatchOptions,
  WorkflowInstanceCreateBatchResult,
  WorkflowInstanceCreateOptions,
  WorkflowInstanceDeleteBatchResult,
} from "../workflow-binding.ts";
import { runScope } from "../worker/run-scope.ts";
import { batchOfList, batchOfOptions, createAll } from "./batch.ts";
import type { Calls } from "./calls.ts";
import { batchOfIds, deleteAll } from "./delete-batch.ts";
import { CallingHandle, type InstanceHandle } from "./instance-handle.ts";
import { newInstance } from "./new-instance.ts";
import { isOwnInstance, nothingMore } from "./own-instance.ts";
import { refusalOf } from "./refusals.ts";

/** A workflow's callers' side: the shape of a binding, with handles that can also wait for the end. */
export interface WorkflowClient<Params = unknown, Output = unknown> extends Workflow<Params> {
  create(options?: WorkflowInstanceCreateOptions<Params>): Promise<InstanceHandle<Output>>;
  createBatch(options: WorkflowInstanceCreateBatchOptions<Params>): Promise<WorkflowInstanceCreateBatchResult>;
  createBatch(batch: readonly WorkflowInstanceCreateOptions<Params>[]): Promise<InstanceHandle<Output>[]>;
  get(id: string): Promise<InstanceHandle<Output>>;
}

/** Calls on one workflow. */
export class CallingWorkflow<Params, Output> implements WorkflowClient<Params, Output> {
  readonly #calls: Calls;
  readonly #workflow: string;

  constructor(calls: Calls, workflow: string) {
    this.#calls = calls;
    this.#workflow = workflow;
  }

  async create(options: WorkflowInstanceCreateOptions<Params> = {}): Promise<InstanceHandle<Output>> {
    const { id, message } = newInstance(options ?? {});
    const request = {
      ...this.#calls.inNamespace,
      workflow: this.#workflow,
      instance: message,
      requestId: randomUUID(),
    };
    try {
      await this.#calls.repeat((bound) => this.#calls.rpc.createInstance(request, bound));
    } catch (error) {
      throw refusalOf(error, "create", id);
    }
    return this.#handle(id);
  }

  createBatch(options: WorkflowInstanceCreateBatchOptions<Params>): Promise<WorkflowInstanceCreateBatchResult>;
  createBatch(batch: readonly WorkflowInstanceCreateOptions<Params>[]): Promise<InstanceHandle<Output>[]>;
  async createBatch(
    given: WorkflowInstanceCreateBatchOptions<Params> | readonly WorkflowInstanceCreateOptions<Params>[],
  ): Promise<WorkflowInstanceCreateBatchResult | InstanceHandle<Output>[]> {
    const listed = Array.isArray(given);
    const instances = listed ? batchOfList(given) : batchOfOptions(given as WorkflowInstanceCreateBatchOptions<Params>);
    const outcomes = await createAll(this.#calls, this.#workflow, instances);
    const created = instances.flatMap(({ id }, index) => (outcomes[index] === "created" ? this.#handle(id) : []));
    if (listed) return created;
    const errors = instances.flatMap(({ id }, index) => {
      const outcome = outcomes[index];
      return outcome === undefined || outcome === "created" ? [] : [{ index, id, ...outcome }];
    });
    return { created, errors };
  }

  async get(id: string): Promise<InstanceHandle<Output>> {
    try {
      await this.#calls.repeat((bound) =>
        this.#calls.rpc.getInstance({ ref: this.#calls.ref(this.#workflow, id) }, bound),
      );
    } catch (error) {
      const reason = reasonOf(error);
      // An id that cannot be is one that is not there.
      if (reason === "INSTANCE_NOT_FOUND" || reason === "INVALID_FIELD") {
        throw new Error("instance.not_found", { cause: error });
      }
      throw error;
    }
    return this.#handle(id);
  }

  async deleteBatch(ids: readonly string[]): Promise<WorkflowInstanceDeleteBatchResult> {
    const known = batchOfIds(ids);
    const own = runScope.getStore()?.id;
    const ref = own !== undefined && known.includes(own) ? this.#calls.ref(this.#workflow, own) : null;
    const isOwn = ref !== null && (await isOwnInstance(this.#calls, ref));
    const result = await deleteAll(this.#calls, this.#workflow, known);
    return isOwn ? nothingMore() : result;
  }

  #handle(id: string): InstanceHandle<Output> {
    return new CallingHandle<Output>(this.#calls, this.#workflow, id);
  }
}
