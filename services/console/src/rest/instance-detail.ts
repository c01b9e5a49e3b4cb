import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Client } from "perdure/client";
import type { Instance } from "perdure/proto/perdure/v1/instance_pb";
import { isFinished, statusOf } from "perdure/client/instance-status";
import { decodeValue } from "perdure/values/decode";
import { jsonForm } from "perdure/values/json-form";
import { Steps } from "./steps.ts";
import { isoTime } from "./time.ts";
import { statusWord, triggerOf, VERSION } from "./words.ts";

export interface DetailOptions {
  /** Of the steps. */
  readonly order: "asc" | "desc";
  /** Without the steps. */
  readonly simple: boolean;
}

/** Everything that the REST interface says of an instance. */
export async function instanceDetail(client: Client, instance: Instance, { order, simple }: DetailOptions) {
  const steps = await stepsOf(client, instance);
  const views = order === "asc" ? steps.views : steps.views.toReversed();
  const { error, output, rollback } = statusOf(instance);
  const { schedule } = instance;
  return {
    status: statusWord(instance),
    params: instance.params === undefined ? {} : jsonForm(decodeValue(instance.params)),
    queued: isoTime(instance.createTime),
    start: isoTime(instance.runStartTime),
    end: isoTime(instance.endTime),
    success: isFinished(instance) ? statusWord(instance) === "complete" : null,
    output: output ?? null,
    error: error ?? null,
    rollback: rollback ?? null,
    trigger: { source: triggerOf(instance) },
    versionId: VERSION,
    ...(schedule?.dueTime && { schedule: { cron: schedule.cron, scheduledTime: timestampMs(schedule.dueTime) } }),
    step_count: steps.views.filter(({ type }) => type === "step").length,
    steps: simple ? [] : views,
  };
}

/** What the current run has done. */
export async function stepsOf(client: Client, { ref }: Instance): Promise<Steps> {
  const steps = new Steps();
  for await (const record of client.instances.journal(ref?.workflow ?? "", ref?.instanceId ?? "")) steps.apply(record);
  return steps;
}
