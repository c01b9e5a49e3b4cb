import type { Task } from "../../gen/perdure/v1/task_pb.ts";
import { WorkflowInternalError } from "../errors.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import { Run } from "./run.ts";
import type { RunCache } from "./run-cache.ts";
import { RunStep } from "./run-step.ts";
import { type JournalSource, recordsAfter } from "./task-journal.ts";
import { epochMsOf } from "./wire-time.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

/** The namespace of an instance whose name says none. */
const DEFAULT_NAMESPACE = "default";

export function identityOf({ lease, run, createTime, schedule }: Task): InstanceIdentity {
  const { namespace = DEFAULT_NAMESPACE, workflow = "", instanceId = "" } = lease?.instance ?? {};
  return {
    namespace,
    workflow,
    id: instanceId,
    run,
    createdAtMs: epochMsOf(createTime),
    schedule: schedule === undefined ? null : { cron: schedule.cron, scheduledTime: epochMsOf(schedule.dueTime) },
  };
}

/** The run of a task's instance, up to the task's position: the one that was suspended here, or a replay from the first record. */
export async function prepareRun(
  task: Task,
  definition: WorkflowDefinition,
  cache: RunCache,
  source: JournalSource,
): Promise<Run> {
  const identity = identityOf(task);
  const suspended = cache.take(identity, task.afterPosition);
  if (suspended !== null) return wakeRun(suspended, task, source);
  const { records, params } = await recordsAfter(source, task, 0);
  const stepOf = (run: Run): RunStep => new RunStep(run, task.stepLimit);
  const run = new Run({ definition, identity, params, stepOf });
  run.replay(records);
  return run;
}

async function wakeRun(run: Run, task: Task, source: JournalSource): Promise<Run> {
  try {
    const { records } = await recordsAfter(source, task, task.afterPosition);
    run.learn(records.flatMap(({ entries }) => entries));
    return run;
  } catch (error) {
    run.kill(new WorkflowInternalError("the suspended run could not be brought up to date"));
    throw error;
  }
}
