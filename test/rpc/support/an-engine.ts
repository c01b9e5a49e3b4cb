import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { pino } from "pino";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { onTestFinished } from "vitest";
import { startEngine, type RunningEngine } from "../../../services/engine/src/engine.ts";
import type { EngineConfig } from "../../../services/engine/src/platform/config.ts";

export const SILENT = pino({ level: "silent" });

/** The engine as it is run, on a port of its own, with the store that is gone with the test. */
export async function anEngine(config: Partial<EngineConfig> = {}): Promise<RunningEngine> {
  const engine = await startEngine({ store: "memory:", port: 0, drainGraceMs: 1_000, ...config }, SILENT);
  onTestFinished(() => engine.close());
  return engine;
}

export function http2Transport(baseUrl: string): Transport {
  return createConnectTransport({ baseUrl, httpVersion: "2" });
}

export interface Clients {
  readonly workflows: Client<typeof WorkflowService>;
  readonly workers: Client<typeof WorkerService>;
}

export function clientsOf(transport: Transport): Clients {
  return { workflows: createClient(WorkflowService, transport), workers: createClient(WorkerService, transport) };
}

/** A call by Connect over HTTP/1.1, with nothing but fetch. */
export async function post(url: string, rpc: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/perdure.v1.${rpc}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
