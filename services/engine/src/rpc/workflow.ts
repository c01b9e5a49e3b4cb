import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  WorkflowSchema,
  type Workflow,
  type WorkflowSettings as SettingsMessage,
  type WorkflowSettingsSchema,
} from "perdure/proto/perdure/v1/workflow_pb";
import type { WorkflowView } from "../app/workflow-api.ts";
import { NO_SETTINGS, type WorkflowSettings } from "../domain/workflow.ts";
import { statusToMessage } from "./instance.ts";
import { durationFromMessage, durationToMessage, scheduledTimeToMessage, timestampToMessage } from "./time.ts";

export function workflowToMessage({ name, said, next, counts }: WorkflowView): Workflow {
  return create(WorkflowSchema, {
    namespace: name.namespace,
    name: name.workflow,
    ...(said === null ? {} : { settings: settingsToMessage(said.settings), updateTime: timestampToMessage(said.at) }),
    nextSchedules: next.map(scheduledTimeToMessage),
    counts: [...counts]
      .map(([status, count]) => ({ status: statusToMessage(status), count: BigInt(count) }))
      .toSorted((a, b) => a.status - b.status),
  });
}

/** No message says nothing. */
export function settingsFromMessage(message: SettingsMessage | undefined): WorkflowSettings {
  if (message === undefined) return NO_SETTINGS;
  const { stepLimit, concurrencyLimit, successRetention, failureRetention, schedules } = message;
  const retentionMs = (duration: typeof successRetention, field: string) =>
    duration === undefined ? null : durationFromMessage(duration, `settings.${field}`);
  return {
    stepLimit: stepLimit ?? null,
    concurrencyLimit: concurrencyLimit ?? null,
    retention: {
      successMs: retentionMs(successRetention, "success_retention"),
      failureMs: retentionMs(failureRetention, "failure_retention"),
    },
    schedules,
  };
}

function settingsToMessage(settings: WorkflowSettings): MessageInitShape<typeof WorkflowSettingsSchema> {
  const { stepLimit, concurrencyLimit, retention, schedules } = settings;
  const { successMs, failureMs } = retention;
  return {
    ...(stepLimit === null ? {} : { stepLimit }),
    ...(concurrencyLimit === null ? {} : { concurrencyLimit }),
    ...(successMs === null ? {} : { successRetention: durationToMessage(successMs) }),
    ...(failureMs === null ? {} : { failureRetention: durationToMessage(failureMs) }),
    schedules: [...schedules],
  };
}
