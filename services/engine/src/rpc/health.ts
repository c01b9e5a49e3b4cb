import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { HealthCheckResponse_ServingStatus as Serving, type Health } from "perdure/proto/grpc/health/v1/health_pb";
import type { Readiness, ReadinessProbe } from "./readiness.ts";

const SERVING = {
  ready: Serving.SERVING,
  draining: Serving.NOT_SERVING,
  storeUnreachable: Serving.NOT_SERVING,
} as const satisfies Record<Readiness, Serving>;

/** The standard health service: of the replica by the empty name, and of each service by its own; all fare alike. */
export function healthHandlers(probe: ReadinessProbe, services: ReadonlySet<string>): ServiceImpl<typeof Health> {
  const isKnown = (service: string) => service === "" || services.has(service);
  return {
    async check({ service }) {
      // As the protocol says: no reason of ours.
      if (!isKnown(service)) throw new ConnectError("there is no such service here", Code.NotFound);
      return { status: SERVING[await probe.check()] };
    },
    async list() {
      const status = SERVING[await probe.check()];
      return { statuses: Object.fromEntries(["", ...services].map((service) => [service, { status }])) };
    },
    async *watch({ service }, { signal }) {
      const known = isKnown(service);
      for await (const readiness of probe.watch(signal)) {
        yield { status: known ? SERVING[readiness] : Serving.SERVICE_UNKNOWN };
      }
    },
  };
}
