import { randomUUID } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import { ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import type { CreateInstanceResult } from "../../gen/perdure/v1/workflow_service_pb.ts";
import { WorkflowError } from "../errors.ts";
import type { WorkflowInstanceCreateBatchOptions, WorkflowInstanceCreateOptions } from "../workflow-binding.ts";
import type { Calls } from "./calls.ts";
import { newInstance, type NewInstance } from "./new-instance.ts";
import { plainWorkflowError } from "./refusals.ts";

/** Instances of one batch. The model's limit, and the contract's. */
const BATCH_MAX = 100;

/** Of one call; the engine reads 16 MiB at most. */
const CALL_BYTES_MAX = 8 * 1_048_576;

/** What became of one entry of a batch. */
export type BatchOutcome = "created" | { readonly code: number; readonly message: string };

/** The model's numbers and names for why an entry was not made. */
const EXISTS = { code: 10_405, message: "workflows.api.error.instance.already_exists" } as const;
const REPEATED = { code: 10_415, message: "workflows.api.error.instance.duplicate" } as const;
const INTERNAL_CODE = 10_001;
/** Later it may be made. */
const TOO_MANY_CODE = 10_429;

/** @throws WorkflowError for anything but 1 to 100 options. */
export function batchOfList(batch: readonly WorkflowInstanceCreateOptions[]): readonly NewInstance[] {
  const refused = (text: string): WorkflowError => plainWorkflowError("body", text);
  if (batch.length === 0) throw refused("batchCreate should have at least 1 instance");
  if (batch.length > BATCH_MAX) throw refused(`batchCreate only supports ${BATCH_MAX} instances at a time`);
  return batch.map(newInstance);
}

/** @throws WorkflowError when it is neither `count` nor `instances`, or not 1 to 100 of them. */
export function batchOfOptions(options: WorkflowInstanceCreateBatchOptions): readonly NewInstance[] {
  const { count, instances, ...shared } = options as { count?: unknown; instances?: unknown };
  if (count !== undefined && instances === undefined) {
    if (!Number.isInteger(count) || (count as number) < 1) throw body("count must be a positive integer");
    if ((count as number) > BATCH_MAX) throw body(`batchCreate only supports ${BATCH_MAX} instances at a time`);
    return Array.from({ length: count as number }, () => newInstance({ ...shared, id: randomUUID() }));
  }
  if (!Array.isArray(instances) || count !== undefined) throw body("Provided argument is invalid");
  if (instances.length === 0 || instances.length > BATCH_MAX) throw body("Batch size exceeds maximum allowed");
  return instances.map((instance: WorkflowInstanceCreateOptions) => newInstance(instance));
}

/** Creates what can be created, and says of each entry what became of it, in their order. */
export async function createAll(
  calls: Calls,
  workflow: string,
  instances: readonly NewInstance[],
): Promise<readonly BatchOutcome[]> {
  const first = new Map(instances.map(({ id }, index) => [id, index] as const).toReversed());
  const fresh = instances.filter(({ id }, index) => first.get(id) === index);
  const results = new Map<string, BatchOutcome>();
  for (const part of parts(fresh)) {
    const request = { ...calls.inNamespace, workflow, instances: part.map(({ message }) => message) };
    const requestId = randomUUID();
    const answer = await calls.repeat((options) => calls.rpc.createInstances({ ...request, requestId }, options));
    part.forEach(({ id }, index) => results.set(id, outcomeOf(answer.results[index])));
  }
  return instances.map(({ id }, index) => (first.get(id) === index ? (results.get(id) ?? EXISTS) : REPEATED));
}

function* parts(instances: readonly NewInstance[]): Generator<readonly NewInstance[]> {
  let part: NewInstance[] = [];
  let bytes = 0;
  for (const instance of instances) {
    if (part.length > 0 && bytes + instance.bytes > CALL_BYTES_MAX) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(instance);
    bytes += instance.bytes;
  }
  yield part;
}

function outcomeOf(result: CreateInstanceResult | undefined): BatchOutcome {
  const outcome = result?.outcome;
  if (outcome?.case === "created") return "created";
  if (outcome?.case !== "refused") return { code: INTERNAL_CODE, message: "the engine gave no outcome" };
  const { details, message } = outcome.value;
  const info = details.find(({ typeUrl }) => typeUrl.endsWith(`/${ErrorInfoSchema.typeName}`));
  const reason = info === undefined ? undefined : fromBinary(ErrorInfoSchema, info.value).reason;
  if (reason === "INSTANCE_EXISTS") return EXISTS;
  const isLater = details.some(({ typeUrl }) => typeUrl.endsWith(`/${RetryInfoSchema.typeName}`));
  return { code: isLater ? TOO_MANY_CODE : INTERNAL_CODE, message };
}

const body = (text: string): WorkflowError => new WorkflowError("body", text);
