import { fromBinary } from "@bufbuild/protobuf";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import type { DeleteInstanceResult } from "../../gen/perdure/v1/workflow_service_pb.ts";
import { WorkflowError } from "../errors.ts";
import { ANY_INSTANCE_ID } from "../names.ts";
import type { WorkflowInstanceDeleteBatchResult } from "../workflow-binding.ts";
import type { Calls } from "./calls.ts";

/** Ids of one batch. The model's limit, and the contract's. */
const BATCH_MAX = 100;

/** The model's numbers and names for why an instance was not deleted. */
const NOT_FOUND = { code: 10_400, message: "workflows.api.error.instance.not_found" } as const;
const INTERNAL_CODE = 10_001;

/** @throws WorkflowError for anything but 1 to 100 ids: then nothing is deleted. */
export function batchOfIds(given: unknown): readonly string[] {
  if (!Array.isArray(given)) throw body("Provided argument is invalid");
  if (given.length === 0) throw body("batchDeleteInstances should have at least 1 instance");
  if (given.length > BATCH_MAX) throw body(`batchDeleteInstances only supports ${BATCH_MAX} instances at a time`);
  const ids: readonly unknown[] = given;
  return ids.map((id) => {
    if (typeof id === "string" && ANY_INSTANCE_ID.test(id)) return id;
    throw new WorkflowError("instance.invalid_id", "Instance ID is invalid");
  });
}

/** Deletes what there is, an id that is given twice once, and says of each position what became of it. */
export async function deleteAll(
  calls: Calls,
  workflow: string,
  ids: readonly string[],
): Promise<WorkflowInstanceDeleteBatchResult> {
  const instanceIds = [...new Set(ids)];
  let tries = 0;
  const { results } = await calls.repeat((options) => {
    tries += 1;
    return calls.rpc.deleteInstances({ ...calls.inNamespace, workflow, instanceIds }, options);
  });
  const outcomes = new Map(instanceIds.map((id, index) => [id, outcomeOf(results[index])]));
  const deleted: { readonly id: string }[] = [];
  const errors: { readonly id: string; readonly code: number; readonly message: string }[] = [];
  for (const id of ids) {
    const error = outcomes.get(id);
    // What is not there any more was deleted by the try whose answer was lost.
    if (error === undefined || (error === NOT_FOUND && tries > 1)) deleted.push({ id });
    else errors.push({ id, ...error });
  }
  return { deleted, errors };
}

function outcomeOf(
  result: DeleteInstanceResult | undefined,
): { readonly code: number; readonly message: string } | undefined {
  const outcome = result?.outcome;
  if (outcome?.case === "deleted") return undefined;
  if (outcome?.case !== "refused") return { code: INTERNAL_CODE, message: "the engine gave no outcome" };
  const info = outcome.value.details.find(({ typeUrl }) => typeUrl.endsWith(`/${ErrorInfoSchema.typeName}`));
  const reason = info === undefined ? undefined : fromBinary(ErrorInfoSchema, info.value).reason;
  return reason === "INSTANCE_NOT_FOUND" ? NOT_FOUND : { code: INTERNAL_CODE, message: outcome.value.message };
}

const body = (text: string): WorkflowError => new WorkflowError("body", text);
