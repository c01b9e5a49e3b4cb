import { create } from "@bufbuild/protobuf";
import {
  CommitAcceptedSchema,
  LeaseState,
  NoticeSchema,
  TaskCommitResultSchema,
  TaskSchema,
  type Notice as NoticeMessage,
  type Task as TaskMessage,
  type TaskCommit as TaskCommitMessage,
  type TaskCommitResult,
} from "perdure/proto/perdure/v1/task_pb";
import type { Accepted, Notice, Task, TaskCommit } from "../app/worker-api.ts";
import { EngineError } from "../domain/errors.ts";
import { COMMIT_BYTES_MAX } from "../domain/limits.ts";
import { entryToMessage, recordToMessage } from "./entry.ts";
import { leaseFromMessage, leaseToMessage } from "./lease.ts";
import { operationBytes } from "./operation-bytes.ts";
import { operationFromMessage } from "./operation.ts";
import { payloadToMessage } from "./payload.ts";
import { stepKeyToMessage } from "./step.ts";
import { durationToMessage, scheduledTimeToMessage, timestampToMessage } from "./time.ts";

const LEASE_STATE = {
  held: LeaseState.HELD,
  released: LeaseState.RELEASED,
  finished: LeaseState.FINISHED,
} as const satisfies Record<Accepted["leaseState"], LeaseState>;

export function taskToMessage(task: Task): TaskMessage {
  return create(TaskSchema, {
    lease: leaseToMessage(task.lease),
    run: task.lease.run,
    createTime: timestampToMessage(task.createdAt),
    afterPosition: task.afterPosition,
    records: task.records.map(recordToMessage),
    position: task.position,
    lostAttempts: task.lostAttempts,
    stepLimit: task.stepLimit,
    pausing: task.pausing,
    ...(task.params === null ? {} : { params: payloadToMessage(task.params) }),
    ...(task.schedule === null ? {} : { schedule: scheduledTimeToMessage(task.schedule) }),
    ...dueIn(task),
  });
}

/** @throws {EngineError} INVALID_FIELD, or LIMIT_EXCEEDED when its payloads together are too large for one record. */
export function commitFromMessage(message: TaskCommitMessage, field: string): TaskCommit {
  const { sequence, seenPosition, park } = message;
  const lease = leaseFromMessage(message.lease, `${field}.lease`);
  const operations = message.operations.map((each, index) =>
    operationFromMessage(each, `${field}.operations[${index}]`),
  );
  const bytes = operations.reduce((sum, operation) => sum + operationBytes(operation), 0);
  if (bytes > COMMIT_BYTES_MAX) {
    throw new EngineError("LIMIT_EXCEEDED", `a commit of ${bytes} bytes; at most ${COMMIT_BYTES_MAX} are allowed`, {
      limitBytes: String(COMMIT_BYTES_MAX),
      actualBytes: String(bytes),
    });
  }
  return { lease, sequence, seenPosition, operations, park };
}

export function commitResultToMessage(result: Accepted | EngineError): TaskCommitResult {
  if (result instanceof EngineError) {
    const { reason, message } = result;
    return create(TaskCommitResultSchema, { outcome: { case: "refused", value: { reason, message } } });
  }
  const accepted = create(CommitAcceptedSchema, {
    position: result.position,
    leaseState: LEASE_STATE[result.leaseState],
    news: result.news.map(entryToMessage),
    putOff: result.putOff.map(stepKeyToMessage),
    pausing: result.pausing,
    ...dueIn(result),
  });
  return create(TaskCommitResultSchema, { outcome: { case: "accepted", value: accepted } });
}

export function noticeToMessage({ lease, leaseLost }: Notice): NoticeMessage {
  return create(NoticeSchema, { lease: leaseToMessage(lease), leaseLost });
}

/** What is overdue is due now. */
function dueIn({ nextDueInMs }: Pick<Task, "nextDueInMs">): Pick<TaskMessage, "nextDueIn"> {
  return nextDueInMs === null ? {} : { nextDueIn: durationToMessage(Math.max(0, nextDueInMs)) };
}
