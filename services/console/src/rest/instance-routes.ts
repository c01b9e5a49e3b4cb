import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { Duration } from "perdure";
import type { WorkflowInstanceCreateOptions } from "perdure/client";
import type { Instance } from "perdure/proto/perdure/v1/instance_pb";
import { isFinished } from "perdure/client/instance-status";
import { type Engine, type RestApp, WORKFLOW_PATH } from "./app.ts";
import { dateQuery, type JsonObject, listBody, numberQuery, objectBody } from "./body.ts";
import { answer, BadRequest } from "./envelope.ts";
import { instanceDetail, stepsOf } from "./instance-detail.ts";
import { streamOf } from "./stream-body.ts";
import { isoTime } from "./time.ts";
import { statusFrom, statusWord, triggerOf, VERSION } from "./words.ts";

/** Instances that a batch has at most. */
const BATCH_MAX = 100;

export function addInstanceRoutes(app: RestApp): void {
  app.get(`${WORKFLOW_PATH}/instances`, async (context) => {
    const engine = context.get("engine");
    const perPage = numberQuery(context, "per_page", { min: 1, max: 100, fallback: 50 });
    const page = numberQuery(context, "page", { min: 1, max: 1_000, fallback: 1 });
    const { instances, cursor } = await listed(engine, context, page, perPage);
    const info = { page, per_page: perPage, count: instances.length, ...(cursor !== "" && { cursor }) };
    return answer(context, instances.map(instanceView), info);
  });

  app.post(`${WORKFLOW_PATH}/instances`, async (context) => {
    const { client } = context.get("engine");
    const workflow = context.req.param("workflow");
    const { id } = await client.workflow(workflow).create(optionsFrom(await objectBody(context)));
    return answer(context, createdView(await client.instances.get(workflow, id)));
  });

  app.post(`${WORKFLOW_PATH}/instances/batch`, async (context) => {
    const { client } = context.get("engine");
    const workflow = context.req.param("workflow");
    const entries = (await listBody(context, "instances")).map((each) => optionsFrom(each as JsonObject));
    if (entries.length === 0 || entries.length > BATCH_MAX) throw new BadRequest("Batch size exceeds maximum allowed");
    const { created } = await client.workflow(workflow).createBatch({ instances: entries });
    const instances = created.map(({ id }) => client.instances.get(workflow, id));
    return answer(context, (await Promise.all(instances)).map(createdView));
  });

  app.post(`${WORKFLOW_PATH}/instances/batch/delete`, async (context) => {
    const { client } = context.get("engine");
    const ids = (await listBody(context, "instances")).map((each) =>
      typeof each === "object" && each !== null ? (each as JsonObject)["instance_id"] : each,
    );
    return answer(context, await client.workflow(context.req.param("workflow")).deleteBatch(ids as string[]));
  });

  app.get(`${WORKFLOW_PATH}/instances/:id`, async (context) => {
    const { client } = context.get("engine");
    const order = context.req.query("order") === "desc" ? "desc" : "asc";
    const simple = context.req.query("simple") === "true";
    const instance = await client.instances.get(context.req.param("workflow"), context.req.param("id"));
    return answer(context, await instanceDetail(client, instance, { order, simple }));
  });

  app.delete(`${WORKFLOW_PATH}/instances/:id`, async (context) => {
    const { client } = context.get("engine");
    const instance = await client.workflow(context.req.param("workflow")).get(context.req.param("id"));
    await instance.delete();
    return answer(context, { status: "ok", success: true });
  });

  app.get(`${WORKFLOW_PATH}/instances/:id/step`, async (context) => {
    const { client, rpc } = context.get("engine");
    const instance = await client.instances.get(context.req.param("workflow"), context.req.param("id"));
    const type = context.req.query("type") ?? "step";
    if (type !== "step" && type !== "waitForEvent") throw new BadRequest('type is "step" or "waitForEvent"');
    const steps = await stepsOf(client, instance);
    const step = steps.find(type, context.req.query("name") ?? "");
    if (step === undefined || step.type === "termination") return context.notFound();
    const payload = steps.outputs.get(step);
    if (payload?.content.case === "stream") return new Response(streamOf(rpc, instance, payload.content.value));
    return answer(context, stepAnswer(step, context));
  });
}

function stepAnswer(
  step: Exclude<ReturnType<Awaited<ReturnType<typeof stepsOf>>["find"]>, undefined>,
  context: Context,
) {
  if (step.type === "termination") return null;
  if (!("attempts" in step)) {
    const status = step.finished ? (step.error === null ? "complete" : "errored") : "waiting";
    return { status, error: step.error, event_type: step.event_type, output: parsed(step.output) };
  }
  const number = numberQuery(context, "attempt", { min: 1, max: 10_001, fallback: step.attempts.length });
  const attempt = step.attempts[number - 1];
  if (attempt === undefined) throw new BadRequest(`the step has ${step.attempts.length} attempts`);
  const status = attempt.success === null ? "running" : attempt.success ? "complete" : "errored";
  return { status, error: attempt.error, output: attempt.success === true ? parsed(step.output ?? undefined) : null };
}

const parsed = (text: string | undefined): unknown => (text === undefined ? null : (JSON.parse(text) as unknown));

/** A page by its number is read through; one by its cursor is not. */
async function listed({ rpc, namespace }: Engine, context: Context, page: number, perPage: number) {
  const status = context.req.query("status");
  const createdFrom = dateQuery(context, "date_start");
  const createdBefore = dateQuery(context, "date_end");
  if (context.req.query("direction") === "asc") throw new BadRequest("instances are listed newest first");
  const query = {
    namespace,
    workflow: context.req.param("workflow") ?? "",
    statuses: status === undefined ? [] : [statusFrom(status)],
    ...(createdFrom && { createdFrom: timestampFromDate(createdFrom) }),
    ...(createdBefore && { createdBefore: timestampFromDate(createdBefore) }),
    pageSize: perPage,
  };
  let pageToken = context.req.query("cursor") ?? "";
  for (let skipped = 1; skipped < page && context.req.query("cursor") === undefined; skipped += 1) {
    pageToken = (await rpc.listInstances({ ...query, pageToken })).nextPageToken;
    if (pageToken === "") return { instances: [], cursor: "" };
  }
  const { instances, nextPageToken } = await rpc.listInstances({ ...query, pageToken });
  return { instances, cursor: nextPageToken };
}

/** @throws {BadRequest} for params that are no JSON text. The client looks at the rest. */
function optionsFrom(body: JsonObject): WorkflowInstanceCreateOptions {
  const { instance_id: id = randomUUID(), params, instance_retention: retention } = body;
  const { success_retention: success, error_retention: failure } = (retention ?? {}) as JsonObject;
  return {
    id: id as string,
    ...(params !== undefined && { params: paramsFrom(params) }),
    retention: {
      ...(success !== undefined && { successRetention: success as Duration }),
      ...(failure !== undefined && { errorRetention: failure as Duration }),
    },
  };
}

/** JSON text, as Cloudflare's interface has it; an object is taken as it is. */
function paramsFrom(params: unknown): unknown {
  if (typeof params !== "string") return params;
  try {
    return JSON.parse(params) as unknown;
  } catch (cause) {
    throw new BadRequest(`params is no JSON text: ${(cause as Error).message}`, { cause });
  }
}

function createdView(instance: Instance) {
  return {
    id: instance.ref?.instanceId,
    status: statusWord(instance),
    version_id: VERSION,
    workflow_id: instance.ref?.workflow,
    trigger_source: triggerOf(instance),
  };
}

function instanceView(instance: Instance) {
  const { createTime, runStartTime, endTime } = instance;
  return {
    ...createdView(instance),
    created_on: isoTime(createTime),
    modified_on: isoTime(endTime ?? runStartTime),
    started_on: isoTime(runStartTime),
    ended_on: isFinished(instance) ? isoTime(endTime) : null,
  };
}
