import type { WorkflowName } from "../../domain/name.ts";
import type { Schedule } from "../../domain/schedule.ts";
import type { Workflow } from "../../domain/workflow.ts";
import { listOrNone, nullable, object } from "./codec.ts";
import { instant, integer, milliseconds, text } from "./values.ts";

export const workflowName = object<WorkflowName>({ namespace: text, workflow: text });

/** Beside the name, which is flat in the same document. */
export const workflowBody = object<Omit<Workflow, "name">>({
  stepLimit: nullable(integer),
  concurrencyLimit: nullable(integer),
  retention: object<Workflow["retention"]>({ successMs: nullable(milliseconds), failureMs: nullable(milliseconds) }),
  schedules: listOrNone(object<Schedule>({ cron: text, madeUntil: instant })),
  updatedAt: instant,
  revision: text,
});
