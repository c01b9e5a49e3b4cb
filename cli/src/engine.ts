import { type Client, createClient } from "@connectrpc/connect";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { connectEngine } from "perdure/transport";

/** How long one call may take that the engine answers at once. Ours: a person has given up by then. */
export const CALL_MS_MAX = 15_000;

/** An engine, as the commands call it. */
export interface Engine {
  readonly address: string;
  /** Undefined: the engine's default. */
  readonly namespace: string | undefined;
  readonly calls: Client<typeof WorkflowService>;
  close(): void;
}

export interface EngineOptions {
  readonly engine: string;
  readonly namespace?: string;
}

/** Nothing is sent until the first call. @throws TypeError when the address is none. */
export function openEngine({ engine, namespace }: EngineOptions): Engine {
  const connection = connectEngine(engine);
  return {
    address: engine,
    namespace,
    calls: createClient(WorkflowService, connection.transport),
    close: () => connection.close(),
  };
}

/** A request's namespace; nothing where the engine's default is meant. */
export function inNamespace({ namespace }: Engine): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
