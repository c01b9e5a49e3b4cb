import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  InstanceSchema,
  InstanceStatus,
  RollbackOutcome,
  type Instance,
  type RollbackSchema,
} from "perdure/proto/perdure/v1/instance_pb";
import type { NewInstance as NewInstanceMessage } from "perdure/proto/perdure/v1/workflow_service_pb";
import type { InstanceView, NewInstance, RollbackView } from "../app/caller-api.ts";
import type { Status } from "../domain/lifecycle.ts";
import { EMPTY_OBJECT } from "../domain/payload.ts";
import { failureToMessage } from "./failure.ts";
import { nameToMessage } from "./instance-name.ts";
import { inverse } from "./inverse.ts";
import { payloadFromMessage, payloadToMessage } from "./payload.ts";
import { durationFromMessage, scheduledTimeToMessage, timestampToMessage } from "./time.ts";

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

export function instanceToMessage(view: InstanceView): Instance {
  const { name, createdAt, index, params, output, failure, rollback, schedule } = view;
  return create(InstanceSchema, {
    ref: nameToMessage(name),
    run: index.run,
    status: statusToMessage(index.status),
    createTime: timestampToMessage(createdAt),
    runStartTime: timestampToMessage(index.runStartedAt),
    position: index.position,
    ...(index.endedAt === null ? {} : { endTime: timestampToMessage(index.endedAt) }),
    ...(index.purgeAt === null ? {} : { purgeTime: timestampToMessage(index.purgeAt) }),
    ...(params === null ? {} : { params: payloadToMessage(params) }),
    ...(output === null ? {} : { output: payloadToMessage(output) }),
    ...(failure === null ? {} : { failure: failureToMessage(failure) }),
    ...(rollback === null ? {} : { rollback: rollbackToMessage(rollback) }),
    ...(schedule === null ? {} : { schedule: scheduledTimeToMessage(schedule) }),
  });
}

const ROLLBACK_OUTCOME = {
  running: RollbackOutcome.RUNNING,
  complete: RollbackOutcome.COMPLETE,
  failed: RollbackOutcome.FAILED,
} as const satisfies Record<RollbackView["outcome"], RollbackOutcome>;

function rollbackToMessage(rollback: RollbackView): MessageInitShape<typeof RollbackSchema> {
  const outcome = ROLLBACK_OUTCOME[rollback.outcome];
  return rollback.outcome === "failed" ? { outcome, failure: failureToMessage(rollback.failure) } : { outcome };
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
