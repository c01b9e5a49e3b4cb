import { once } from "node:events";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { Health } from "perdure/proto/grpc/health/v1/health_pb";
import { callInLoop } from "../measure/closed-loop.ts";
import { Child } from "../rig/child.ts";
import { perSecond } from "../measure/rates.ts";
import type { Limit } from "./limit.ts";

const SERVER = join(import.meta.dirname, "empty-server.ts");

/** What a unary call between two processes costs that carries nothing: Connect's protocol over HTTP/2, as the SDK calls. */
export async function measureEmptyCall(logFile: string, ms: number): Promise<readonly Limit[]> {
  const server = await Child.spawn({ name: "empty server", command: [SERVER], nodeOptions: [], logFile });
  const [port] = await server.until(once(server.process, "message"));
  const baseUrl = `http://127.0.0.1:${port}`;
  const sessionManager = new Http2SessionManager(baseUrl);
  const health = createClient(Health, createConnectTransport({ httpVersion: "2", baseUrl, sessionManager }));
  const limits: Limit[] = [];
  for (const concurrency of [1, 100]) {
    const loop = { calls: Number.MAX_SAFE_INTEGER, concurrency };
    const call = async () => void (await health.check({}));
    await callInLoop({ ...loop, msMax: ms / 2 }, call);
    const start = performance.now();
    const calls = await callInLoop({ ...loop, msMax: ms }, call);
    const perS = perSecond(calls.length, performance.now() - start);
    limits.push({ what: `empty unary call, ${concurrency} at once`, perS, unit: "calls/s" });
  }
  sessionManager.abort();
  await server.end();
  return limits;
}
