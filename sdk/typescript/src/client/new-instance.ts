import { randomUUID } from "node:crypto";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { NewInstanceSchema } from "../../gen/perdure/v1/workflow_service_pb.ts";
import { parseDuration } from "../duration.ts";
import { WorkflowError } from "../errors.ts";
import { INSTANCE_ID } from "../names.ts";
import { encodeValue, payloadBytes } from "../values/encode.ts";
import type { WorkflowInstanceCreateOptions } from "../workflow-binding.ts";
import { plainWorkflowError } from "./refusals.ts";

/** An instance to be created, its options checked and its params encoded. */
export interface NewInstance {
  readonly id: string;
  /** About what its request weighs. */
  readonly bytes: number;
  readonly message: MessageInitShape<typeof NewInstanceSchema> & { readonly instanceId: string };
}

/** Id, retention and frame. */
const FRAME_BYTES = 200;

/**
 * Checks and encodes what `create` was given. An id that was left out is made here, so that the call can be repeated.
 *
 * @throws WorkflowError for a bad id or retention; what encodeValue throws for params that cannot be stored.
 */
export function newInstance(options: WorkflowInstanceCreateOptions): NewInstance {
  const { id = randomUUID(), params, retention } = options;
  if (typeof id !== "string" || !INSTANCE_ID.test(id)) {
    throw plainWorkflowError("instance.invalid_id", "Workflow instance has invalid id");
  }
  const payload = params === undefined ? undefined : encodeValue(params, { root: "params" });
  const success = retentionOf(retention?.successRetention);
  const failure = retentionOf(retention?.errorRetention);
  return {
    id,
    bytes: FRAME_BYTES + (payload === undefined ? 0 : payloadBytes(payload)),
    message: {
      instanceId: id,
      ...(payload && { params: payload }),
      retention: { ...(success && { success }), ...(failure && { failure }) },
    },
  };
}

function retentionOf(duration: unknown) {
  if (duration === undefined) return undefined;
  const ms = parseDuration(duration);
  if (Number.isInteger(ms) && ms > 0) return durationFromMs(ms);
  throw new WorkflowError(
    "body",
    `Duration must be a number or a string in format '{{number}} {{unit}}', for instance "7 days", and positive`,
  );
}
