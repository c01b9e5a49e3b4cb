import { create } from "@bufbuild/protobuf";
import { InstanceSchema, InstanceStatus, type Instance } from "perdure/proto/perdure/v1/instance_pb";
import type { NewInstance as NewInstanceMessage } from "perdure/proto/perdure/v1/workflow_service_pb";
import type { InstanceView, NewInstance } from "../app/caller-api.ts";
import type { Status } from "../domain/lifecycle.ts";
import { EMPTY_OBJECT } from "../domain/payload.ts";
import { failureToMessage } from "./failure.ts";
import { nameToMessage } from "./instance-name.ts";
import { inverse } from "./inverse.ts";
import { payloadFromMessage, payloadToMessage } from "./payload.ts";
import { durationFromMessage, timestampToMessage } from "./time.ts";

const STATUS_TO_MESSAGE = {
  queued: InstanceStatus.QUEUED,
  running: InstanceStatus.RUNNING,
  waiting: InstanceStatus.WAITING,
  waitingForPause: InstanceStatus.WAITING_FOR_PAUSE,
  paused: InstanceStatus.PAUSED,
  complete: InstanceStatus.COMPLETE,
  errored: InstanceStatus.ERRORED,
  terminated: InstanceStatus.TERMINATED,
} as const satisfies Record<Status, InstanceStatus>;
const STATUS_FROM_MESSAGE = inverse(STATUS_TO_MESSAGE);

export function statusToMessage(status: Status): InstanceStatus {
  return STATUS_TO_MESSAGE[status];
}

/** The statuses that have a name here; the rules have let no others through. */
export function statusesFromMessage(statuses: readonly InstanceStatus[]): readonly Status[] {
  return statuses.flatMap((status) => STATUS_FROM_MESSAGE.get(status) ?? []);
}

export function instanceToMessage({ name, createdAt, index, params, output, failure }: InstanceView): Instance {
  return create(InstanceSchema, {
    ref: nameToMessage(name),
    run: index.run,
    status: statusToMessage(index.status),
    createTime: timestampToMessage(createdAt),
    position: index.position,
    ...(index.endedAt === null ? {} : { endTime: timestampToMessage(index.endedAt) }),
    ...(index.purgeAt === null ? {} : { purgeTime: timestampToMessage(index.purgeAt) }),
    ...(params === null ? {} : { params: payloadToMessage(params) }),
    ...(output === null ? {} : { output: payloadToMessage(output) }),
    ...(failure === null ? {} : { failure: failureToMessage(failure) }),
  });
}

/** No message is an instance of which nothing is said. */
export function newInstanceFromMessage(message: NewInstanceMessage | undefined, field: string): NewInstance {
  const { success, failure } = message?.retention ?? {};
  return {
    id: message?.instanceId ?? null,
    params: payloadFromMessage(message?.params, `${field}.params`, EMPTY_OBJECT),
    retention: {
      successMs: success === undefined ? null : durationFromMessage(success, `${field}.retention.success`),
      failureMs: failure === undefined ? null : durationFromMessage(failure, `${field}.retention.failure`),
    },
  };
}
