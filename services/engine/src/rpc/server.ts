import type { DescService } from "@bufbuild/protobuf";
import { createRouterTransport, type ConnectRouter } from "@connectrpc/connect";
import { consolePages } from "@perdure/console";
import { Health } from "perdure/proto/grpc/health/v1/health_pb";
import { ServerReflection as ReflectionV1 } from "perdure/proto/grpc/reflection/v1/reflection_pb";
import { ServerReflection as ReflectionV1Alpha } from "perdure/proto/grpc/reflection/v1alpha/reflection_pb";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import type { CallerApi } from "../app/caller-api.ts";
import type { Log } from "../app/log.ts";
import type { WorkflowApi } from "../app/workflow-api.ts";
import type { WorkerApi } from "../app/worker-api.ts";
import { rpcListener } from "./adapter.ts";
import { callMeter } from "./call-meter.ts";
import { corsListener } from "./cors.ts";
import { healthHandlers } from "./health.ts";
import { metricsListener, type MetricsPage } from "./metrics-page.ts";
import { Port, type Tls } from "./port.ts";
import type { PortLimits } from "./port-limits.ts";
import { probeListener } from "./probes.ts";
import type { ReadinessProbe } from "./readiness.ts";
import { ReflectedFiles } from "./reflected-files.ts";
import { reflectionRoutes } from "./reflection.ts";
import { refusalInterceptor } from "./refusal-interceptor.ts";
import { ruleInterceptor, warmUpRules } from "./rules.ts";
import { webListener } from "./web.ts";
import { workerHandlers } from "./worker-handlers.ts";
import { workflowHandlers } from "./workflow-handlers.ts";

/** The services of this engine, all on one port. */
export const SERVICES: readonly DescService[] = [
  WorkflowService,
  WorkerService,
  Health,
  ReflectionV1,
  ReflectionV1Alpha,
];

export interface ServerParts {
  readonly callers: CallerApi;
  readonly workers: WorkerApi;
  readonly workflows: WorkflowApi;
  readonly probe: ReadinessProbe;
  readonly log: Log;
  /** Default: nothing is counted. */
  readonly metrics?: MetricsPage;
  /** Null: clear text. */
  readonly tls: Tls | null;
  /** Pages of these may call from a browser; "*" for all, empty for none. */
  readonly origins: readonly string[];
  readonly limits?: PortLimits;
}

/** Puts the services on a port that does not listen yet. */
export function createServer(parts: ServerParts): Port {
  const { callers, workers, workflows, probe, log, metrics = null, tls, origins, limits } = parts;
  warmUpRules(SERVICES);
  const files = new ReflectedFiles(SERVICES);
  const routes = (router: ConnectRouter): void => {
    router.service(WorkflowService, workflowHandlers(callers, workflows));
    router.service(WorkerService, workerHandlers(workers));
    router.service(Health, healthHandlers(probe, new Set(files.services)));
    reflectionRoutes(router, files);
  };
  const meter = metrics === null ? [] : [callMeter((call) => metrics.onCall(call))];
  const interceptors = [...meter, refusalInterceptor(log), ruleInterceptor];
  const pages = consolePages(createRouterTransport(routes, { router: { interceptors } }));
  const others = webListener(pages, origins, log, metricsListener(metrics, probeListener(probe), log));
  return new Port(corsListener(origins, rpcListener(routes, others, { log, interceptors })), tls, limits);
}
