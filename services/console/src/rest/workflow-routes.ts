import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { parseDuration } from "perdure/duration";
import type { Workflow, WorkflowSettingsSchema } from "perdure/proto/perdure/v1/workflow_pb";
import { type RestApp, WORKFLOW_PATH } from "./app.ts";
import { type JsonObject, numberQuery, objectBody } from "./body.ts";
import { answer, BadRequest } from "./envelope.ts";
import { isoTime } from "./time.ts";
import { statusName, VERSION } from "./words.ts";

/** Workflows read to answer a list: more of them are found by `search`. */
const WORKFLOWS_MAX = 1_000;

export function addWorkflowRoutes(app: RestApp): void {
  app.get("/client/v4/accounts/:account/workflows", async (context) => {
    const { rpc, namespace } = context.get("engine");
    const page = numberQuery(context, "page", { min: 1, max: WORKFLOWS_MAX, fallback: 1 });
    const perPage = numberQuery(context, "per_page", { min: 1, max: 100, fallback: 25 });
    const search = (context.req.query("search") ?? "").toLowerCase();
    const { workflows } = await rpc.listWorkflows({ namespace, pageSize: WORKFLOWS_MAX });
    const found = workflows.filter(({ name }) => name.toLowerCase().includes(search));
    const shown = found.slice((page - 1) * perPage, page * perPage);
    const info = { page, per_page: perPage, count: shown.length, total_count: found.length };
    return answer(context, shown.map(workflowView), info);
  });

  app.get(WORKFLOW_PATH, async (context) => {
    const { rpc, namespace } = context.get("engine");
    const { workflow } = await rpc.getWorkflow({ namespace, workflow: context.req.param("workflow") });
    return answer(context, workflow === undefined ? null : workflowView(workflow));
  });

  app.put(WORKFLOW_PATH, async (context) => {
    const { rpc, namespace } = context.get("engine");
    const settings = settingsFrom(await objectBody(context));
    const { workflow } = await rpc.putWorkflow({ namespace, workflow: context.req.param("workflow"), settings });
    return answer(context, workflow === undefined ? null : { ...workflowView(workflow), version_id: VERSION });
  });

  app.delete(WORKFLOW_PATH, async (context) => {
    const { rpc, namespace } = context.get("engine");
    await rpc.deleteWorkflow({ namespace, workflow: context.req.param("workflow") });
    return answer(context, { status: "ok", success: true });
  });

  app.get(`${WORKFLOW_PATH}/versions`, async (context) => {
    const { rpc, namespace } = context.get("engine");
    const { workflow } = await rpc.getWorkflow({ namespace, workflow: context.req.param("workflow") });
    const info = { page: 1, per_page: 25, count: 1, total_count: 1 };
    return answer(context, workflow === undefined ? [] : [versionView(workflow)], info);
  });

  app.get(`${WORKFLOW_PATH}/versions/:version`, async (context) => {
    const { rpc, namespace } = context.get("engine");
    const { workflow } = await rpc.getWorkflow({ namespace, workflow: context.req.param("workflow") });
    return workflow === undefined || context.req.param("version") !== VERSION
      ? context.notFound()
      : answer(context, versionView(workflow));
  });
}

function workflowView({ name, updateTime, counts, nextSchedules }: Workflow) {
  const since = isoTime(updateTime);
  return {
    id: name,
    name,
    class_name: name,
    script_name: name,
    created_on: since,
    modified_on: since,
    triggered_on: null,
    instances: Object.fromEntries(counts.map(({ status, count }) => [statusName(status), Number(count)])),
    schedules: nextSchedules.map(({ cron, dueTime }) => ({ cron, next_instance: isoTime(dueTime) })),
  };
}

function versionView({ name, updateTime, settings }: Workflow) {
  const limits = settings?.stepLimit === undefined ? {} : { limits: { steps: settings.stepLimit } };
  return {
    id: VERSION,
    class_name: name,
    created_on: isoTime(updateTime),
    modified_on: isoTime(updateTime),
    ...limits,
  };
}

/** @throws {BadRequest} for what is no setting's value; the engine looks at the rest. */
function settingsFrom(body: JsonObject): MessageInitShape<typeof WorkflowSettingsSchema> {
  const { limits, concurrency, default_retention: retention, schedules } = body;
  const steps = part(limits, "limits")["steps"];
  const limit = part(concurrency, "concurrency")["limit"];
  const { success_retention: success, error_retention: failure } = part(retention, "default_retention");
  return {
    ...(steps !== undefined && { stepLimit: count(steps, "limits.steps") }),
    ...(limit !== undefined && { concurrencyLimit: count(limit, "concurrency.limit") }),
    ...(success !== undefined && { successRetention: duration(success, "default_retention.success_retention") }),
    ...(failure !== undefined && { failureRetention: duration(failure, "default_retention.error_retention") }),
    schedules: schedules === undefined ? [] : cronsFrom(schedules),
  };
}

function part(value: unknown, name: string): JsonObject {
  if (value === undefined) return {};
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new BadRequest(`${name} is an object`);
}

function count(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw new BadRequest(`${name} is a positive whole number`);
}

function duration(value: unknown, name: string) {
  const ms = typeof value === "string" || typeof value === "number" ? parseDuration(value) : Number.NaN;
  if (ms > 0) return durationFromMs(ms);
  throw new BadRequest(`${name} is a number of ms, or a text such as "7 days"`);
}

function cronsFrom(schedules: unknown): string[] {
  const crons = Array.isArray(schedules) ? schedules.map((each: unknown) => part(each, "schedules")["cron"]) : [null];
  if (crons.every((cron) => typeof cron === "string")) return crons;
  throw new BadRequest("schedules is a list of objects with a cron expression each");
}
