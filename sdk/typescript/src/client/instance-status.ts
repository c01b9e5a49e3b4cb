import {
  type Instance,
  InstanceStatus as WireStatus,
  type Rollback,
  RollbackOutcome,
} from "../../gen/perdure/v1/instance_pb.ts";
import { decodeValue } from "../values/decode.ts";
import { jsonForm } from "../values/json-form.ts";
import type { InstanceStatus, WorkflowInstanceStatus, WorkflowRollbackStatus } from "../workflow-binding.ts";

const WORDS: Readonly<Record<number, WorkflowInstanceStatus>> = {
  [WireStatus.QUEUED]: "queued",
  [WireStatus.RUNNING]: "running",
  [WireStatus.WAITING]: "waiting",
  [WireStatus.WAITING_FOR_PAUSE]: "waitingForPause",
  [WireStatus.PAUSED]: "paused",
  [WireStatus.COMPLETE]: "complete",
  [WireStatus.ERRORED]: "errored",
  [WireStatus.TERMINATED]: "terminated",
};

const OUTCOMES: Readonly<Record<number, WorkflowRollbackStatus["outcome"]>> = {
  [RollbackOutcome.COMPLETE]: "complete",
  [RollbackOutcome.FAILED]: "failed",
};

/** The model's word for what an instance is doing. */
export function statusWord(instance: Instance): WorkflowInstanceStatus {
  if (instance.rollback?.outcome === RollbackOutcome.RUNNING) return "running";
  return WORDS[instance.status] ?? "unknown";
}

export function isFinished(instance: Instance): boolean {
  const word = statusWord(instance);
  return word === "complete" || word === "errored" || word === "terminated";
}

/** What `status()` answers. */
export function statusOf(instance: Instance): InstanceStatus {
  const { output, failure, rollback } = instance;
  return {
    status: statusWord(instance),
    ...(failure !== undefined && { error: { name: failure.name, message: failure.message } }),
    output: output === undefined ? null : jsonForm(decodeValue(output)),
    rollback: rollback === undefined ? null : rollbackStatusOf(rollback),
  };
}

/** Null while steps are still being undone. */
function rollbackStatusOf({ outcome, failure }: Rollback): WorkflowRollbackStatus | null {
  const word = OUTCOMES[outcome];
  if (word === undefined) return null;
  return { outcome: word, error: failure === undefined ? null : { name: failure.name, message: failure.message } };
}
