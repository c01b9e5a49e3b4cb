import { durationMs } from "@bufbuild/protobuf/wkt";
import type { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import { type Workflow, WorkflowSchema } from "perdure/proto/perdure/v1/workflow_pb";
import { messageJson } from "../show/json.ts";
import { facts } from "../show/table.ts";
import { statusWord } from "../show/text.ts";
import { durationText, instant, momentText } from "../show/time.ts";

/** What the engine answers with always has one. */
export function given(workflow: Workflow | undefined): Workflow {
  if (workflow === undefined) throw new Error("the engine's answer has no workflow");
  return workflow;
}

/** A workflow as programs read it: counts are numbers by status. */
export function workflowJson(workflow: Workflow): Readonly<Record<string, unknown>> {
  return { ...messageJson(WorkflowSchema, workflow), counts: countsOf(workflow) };
}

/** How many instances have each status; those without any are left out. */
export function countsOf({ counts }: Workflow): Readonly<Record<string, number>> {
  return Object.fromEntries(counts.map(({ status, count }) => [statusWord(status), Number(count)]));
}

export function countOf({ counts }: Workflow, status: InstanceStatus): string {
  return String(counts.find((each) => each.status === status)?.count ?? 0);
}

/** When its earliest schedule is due, or "". */
export function nextText({ nextSchedules }: Workflow): string {
  const times = nextSchedules.flatMap(({ dueTime }) => instant(dueTime) ?? []);
  return times.length === 0 ? "" : momentText(Math.min(...times));
}

/** A workflow for people: what was said of it, and how many instances it has. */
export function asFacts(workflow: Workflow): string {
  const { name, settings, updateTime, nextSchedules } = workflow;
  const { stepLimit, concurrencyLimit, successRetention, failureRetention } = settings ?? {};
  const kept = (duration: typeof successRetention): string =>
    duration === undefined ? "" : durationText(durationMs(duration));
  return facts([
    ["workflow", name],
    ["settings", settings === undefined ? "none: as the engine is configured" : momentText(instant(updateTime) ?? 0)],
    ["step limit", String(stepLimit ?? "")],
    ["concurrency", String(concurrencyLimit ?? "")],
    ["kept", kept(successRetention)],
    ["kept when errored", kept(failureRetention)],
    ...nextSchedules.map(
      ({ cron, dueTime }) => ["schedule", `${cron}  next ${momentText(instant(dueTime) ?? 0)}`] as const,
    ),
    [
      "instances",
      Object.entries(countsOf(workflow))
        .map(([status, count]) => `${count} ${status}`)
        .join(", ") || "none",
    ],
  ]);
}
