/** Serves a call that does nothing, by the libraries that the engine serves with. Says its port to the process that started it. */
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Health, HealthCheckResponse_ServingStatus as Serving } from "perdure/proto/grpc/health/v1/health_pb";

const handler = connectNodeAdapter({
  routes: (router) => router.service(Health, { check: () => ({ status: Serving.SERVING }) }),
});
const server = createServer(handler).listen(0, "127.0.0.1", () => {
  process.send!((server.address() as AddressInfo).port);
});
process.once("disconnect", () => process.exit());
