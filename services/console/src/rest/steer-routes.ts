import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { InstanceHandle, WorkflowInstanceRestartOptions } from "perdure/client";
import { type RestApp, type RestEnv, WORKFLOW_PATH } from "./app.ts";
import { type JsonObject, jsonBody, objectBody } from "./body.ts";
import { answer, BadRequest } from "./envelope.ts";
import { statusWord } from "./words.ts";

/** What a status can be changed by. */
const ACTIONS = {
  pause: (instance) => instance.pause(),
  resume: (instance) => instance.resume(),
  terminate: (instance, { rollback }) => instance.terminate({ rollback: rollback === true }),
  restart: (instance, { from }) =>
    instance.restart(from === undefined ? {} : ({ from } as WorkflowInstanceRestartOptions)),
} as const satisfies Record<string, (instance: InstanceHandle, body: JsonObject) => Promise<void>>;

export function addSteerRoutes(app: RestApp): void {
  app.patch(`${WORKFLOW_PATH}/instances/:id/status`, async (context) => {
    const body = await objectBody(context);
    // The local explorer of Cloudflare calls it the action.
    const action = String(body["status"] ?? body["action"]);
    if (!Object.hasOwn(ACTIONS, action)) throw new BadRequest(`status is one of ${Object.keys(ACTIONS).join(", ")}`);
    if (body["rollback"] !== undefined && action !== "terminate") throw new BadRequest("rollback goes with terminate");
    const instance = await handleOf(context);
    await ACTIONS[action as keyof typeof ACTIONS](instance, body);
    const { client } = context.get("engine");
    const after = await client.instances.get(context.req.param("workflow"), instance.id);
    return answer(context, { status: statusWord(after), timestamp: new Date().toISOString() });
  });

  app.post(`${WORKFLOW_PATH}/instances/:id/events/:type`, async (context) => {
    const payload = await jsonBody(context);
    const instance = await handleOf(context);
    await instance.sendEvent({ type: context.req.param("type"), payload });
    return answer(context, { instanceId: instance.id, timestamp: new Date().toISOString() });
  });

  app.get(`${WORKFLOW_PATH}/instances/:id/subscribe`, async (context) => {
    const instance = await handleOf(context);
    const cursor = context.req.query("cursor") ?? context.req.header("last-event-id");
    const filter = context.req.queries("filter");
    const options = { ...(cursor !== undefined && { cursor: Number(cursor) }), ...(filter && { filter }) };
    const events = await instance
      .subscribe(options as Parameters<typeof instance.subscribe>[0])
      .catch((error: unknown) => {
        throw new BadRequest((error as Error).message, { cause: error });
      });
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => events[Symbol.dispose]());
      for await (const event of events) {
        await stream.writeSSE({ id: String(event.eventId), event: event.type, data: JSON.stringify(event) });
      }
    });
  });
}

function handleOf(context: Context<RestEnv>): Promise<InstanceHandle> {
  const { client } = context.get("engine");
  return client.workflow(context.req.param("workflow") ?? "").get(context.req.param("id") ?? "");
}
