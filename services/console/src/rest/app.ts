import { createClient as createRpc, type Client as Rpc, type Transport } from "@connectrpc/connect";
import { Hono } from "hono";
import { type Client, createClient } from "perdure/client";
import { WORKFLOW_NAME } from "perdure/names";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { BadRequest, refusal } from "./envelope.ts";
import { addInstanceRoutes } from "./instance-routes.ts";
import { addSteerRoutes } from "./steer-routes.ts";
import { addWorkflowRoutes } from "./workflow-routes.ts";

/** What a route calls: the engine's contract, and the model's client of one namespace. */
export interface Engine {
  readonly rpc: Rpc<typeof WorkflowService>;
  readonly namespace: string;
  readonly client: Client;
}

export interface RestEnv {
  readonly Variables: { readonly engine: Engine };
}

export type RestApp = Hono<RestEnv>;

/**
 * The REST interface of Cloudflare's Workflows, over an engine: an account is a namespace.
 *
 * @param transport Leads to the engine.
 */
export function restApp(transport: Transport): RestApp {
  const rpc = createRpc(WorkflowService, transport);
  const app: RestApp = new Hono();
  app.use("/client/v4/accounts/:account/*", async (context, next) => {
    const namespace = context.req.param("account");
    if (!WORKFLOW_NAME.test(namespace)) throw new BadRequest(`"${namespace}" is no account: it names a namespace`);
    context.set("engine", { rpc, namespace, client: createClient({ engine: transport, namespace }) });
    await next();
  });
  addWorkflowRoutes(app);
  addInstanceRoutes(app);
  addSteerRoutes(app);
  app.notFound((context) =>
    context.json(
      {
        success: false,
        errors: [{ code: 10_501, message: "There is nothing at this path." }],
        messages: [],
        result: null,
      },
      404,
    ),
  );
  app.onError((error, context) => refusal(context, error));
  return app;
}

/** The path of a workflow, to which routes add theirs. */
export const WORKFLOW_PATH = "/client/v4/accounts/:account/workflows/:workflow";
