import { onTestFinished } from "vitest";
import type { CallerApi } from "../../../services/engine/src/app/caller-api.ts";
import type { Log } from "../../../services/engine/src/app/log.ts";
import type { WorkerApi } from "../../../services/engine/src/app/worker-api.ts";
import type { WorkflowApi } from "../../../services/engine/src/app/workflow-api.ts";
import { PORT_LIMITS, type PortLimits } from "../../../services/engine/src/rpc/port-limits.ts";
import type { Port } from "../../../services/engine/src/rpc/port.ts";
import { ReadinessProbe } from "../../../services/engine/src/rpc/readiness.ts";
import { createServer } from "../../../services/engine/src/rpc/server.ts";
import { SILENT } from "./an-engine.ts";

export interface ServerDouble {
  readonly callers?: Partial<CallerApi>;
  readonly workers?: Partial<WorkerApi>;
  readonly workflows?: Partial<WorkflowApi>;
  readonly ping?: () => Promise<void>;
  readonly watchPauseMs?: number;
  readonly origins?: readonly string[];
  readonly log?: Log;
  readonly limits?: PortLimits;
}

/** The RPC side alone, over use cases that answer as a test wants. */
export async function aServer(double: ServerDouble = {}): Promise<{ readonly url: string; readonly port: Port }> {
  const {
    callers = {},
    workers = {},
    workflows = {},
    ping = async () => {},
    watchPauseMs,
    origins = [],
    log = SILENT,
    limits = PORT_LIMITS,
  } = double;
  const port = createServer({
    callers: callers as CallerApi,
    workers: workers as WorkerApi,
    workflows: workflows as WorkflowApi,
    probe: new ReadinessProbe(ping, watchPauseMs),
    log,
    tls: null,
    origins,
    limits,
  });
  const address = await port.listen("127.0.0.1", 0);
  onTestFinished(() => port.close(0));
  return { url: `http://127.0.0.1:${address.port}`, port };
}
