import { type Instance, InstanceStatus, RollbackOutcome } from "perdure/proto/perdure/v1/instance_pb";
import { BadRequest } from "./envelope.ts";

/** The one version that a workflow has here: the code of its workers. */
export const VERSION = "current";

const WORDS = {
  queued: InstanceStatus.QUEUED,
  running: InstanceStatus.RUNNING,
  waiting: InstanceStatus.WAITING,
  waitingForPause: InstanceStatus.WAITING_FOR_PAUSE,
  paused: InstanceStatus.PAUSED,
  complete: InstanceStatus.COMPLETE,
  errored: InstanceStatus.ERRORED,
  terminated: InstanceStatus.TERMINATED,
} as const satisfies Record<string, InstanceStatus>;

const NAMES: ReadonlyMap<InstanceStatus, string> = new Map(
  Object.entries(WORDS).map(([word, status]) => [status, word]),
);

export function statusName(status: InstanceStatus): string {
  return NAMES.get(status) ?? "unknown";
}

/** What an instance is doing; a rollback has a word of its own here. */
export function statusWord({ status, rollback }: Instance): string {
  return rollback?.outcome === RollbackOutcome.RUNNING ? "rollingBack" : statusName(status);
}

/** @throws {BadRequest} for a word that is none. */
export function statusFrom(word: string): InstanceStatus {
  const status = (WORDS as Readonly<Record<string, InstanceStatus>>)[word];
  if (status !== undefined) return status;
  throw new BadRequest(`"${word}" is no status: ${Object.keys(WORDS).join(", ")}`);
}

/** Who made an instance. */
export function triggerOf({ schedule }: Instance): "api" | "cron" {
  return schedule === undefined ? "api" : "cron";
}
