/** What a process needs to call workflows. */
import { Calls } from "./client/calls.ts";
import { Instances } from "./client/instances.ts";
import { CallingWorkflow, type WorkflowClient } from "./client/workflow-client.ts";
import { Workflows } from "./client/workflows.ts";
import { WORKFLOW_NAME } from "./names.ts";
import { connectEngine, type EngineAddress } from "./transport.ts";

export type { InstanceHandle, WaitOptions } from "./client/instance-handle.ts";
export type { InstanceFilter, Instances } from "./client/instances.ts";
export type * from "./client/subscription/event.ts";
export type { WorkflowClient } from "./client/workflow-client.ts";
export type { Workflows, WorkflowSettings } from "./client/workflows.ts";
export type { EngineAddress } from "./transport.ts";
export type * from "./workflow-binding.ts";

/** Where a client finds its engine. */
export interface ClientOptions {
  /** The engine's address, `http://127.0.0.1:7070` say, or a Connect transport that leads to it. */
  readonly engine: EngineAddress;
  /** Default "default". */
  readonly namespace?: string | undefined;
}

/** Calls an engine. Nothing is sent until the first call. */
export interface Client {
  /**
   * A workflow to call: has the shape of a binding, so it can be put into `env`.
   * @throws TypeError for a text that is no workflow name.
   */
  workflow<Params = unknown, Output = unknown>(name: string): WorkflowClient<Params, Output>;
  /** Instances in the engine's own words, for tools. */
  readonly instances: Instances;
  /** Workflows as such: their settings, schedules among them, and how many instances they have. */
  readonly workflows: Workflows;
  /** Lets go of the connection. An idle one does not keep the process alive. */
  close(): void;
}

/**
 * Makes a client of an engine. Calls are made again while the engine is away for a moment.
 *
 * @example
 * const client = createClient({ engine: "http://127.0.0.1:7070" });
 * const instance = await client.workflow<{ name: string }, string>("Greet").create({ params: { name: "Ada" } });
 * console.log(await instance.result());
 */
export function createClient({ engine, namespace }: ClientOptions): Client {
  const connection = connectEngine(engine);
  const calls = new Calls(connection.transport, namespace);
  return {
    workflow<Params, Output>(name: string): WorkflowClient<Params, Output> {
      if (!WORKFLOW_NAME.test(name)) throw new TypeError(`"${name}" is no workflow name`);
      return new CallingWorkflow<Params, Output>(calls, name);
    },
    instances: new Instances(calls),
    workflows: new Workflows(calls),
    close: () => connection.close(),
  };
}
