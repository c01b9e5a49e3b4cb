import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Health, HealthCheckResponse_ServingStatus as Serving } from "perdure/proto/grpc/health/v1/health_pb";
import { describe, expect, it } from "vitest";
import { aServer } from "./support/a-server.ts";
import { anEngine } from "./support/an-engine.ts";

function healthOf(url: string) {
  return createClient(Health, createGrpcTransport({ baseUrl: url }));
}

async function probe(url: string, path: string) {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.json() };
}

describe("health", () => {
  it.each(["", "perdure.v1.WorkflowService", "perdure.v1.WorkerService"])("of %j is SERVING", async (service) => {
    const { url } = await anEngine();

    expect(await healthOf(url).check({ service })).toMatchObject({ status: Serving.SERVING });
  });

  it("of a service that is not here is not found", async () => {
    const { url } = await anEngine();

    await expect(healthOf(url).check({ service: "other.Service" })).rejects.toMatchObject({ code: Code.NotFound });
  });

  it("lists the whole and every service", async () => {
    const { url } = await anEngine();

    const { statuses } = await healthOf(url).list({});

    expect(statuses).toMatchObject({
      "": { status: Serving.SERVING },
      "perdure.v1.WorkflowService": { status: Serving.SERVING },
    });
  });

  it("is watched from serving to draining, and the watch ends", async () => {
    const engine = await anEngine();
    const seen: Serving[] = [];

    for await (const { status } of healthOf(engine.url).watch({})) {
      seen.push(status);
      if (seen.length === 1) void engine.close();
    }

    expect(seen).toEqual([Serving.SERVING, Serving.NOT_SERVING]);
  });

  it("of an unknown service may be watched: it might come", async () => {
    const { url } = await anEngine();

    for await (const { status } of healthOf(url).watch({ service: "other.Service" })) {
      expect(status).toBe(Serving.SERVICE_UNKNOWN);
      break;
    }
  });

  it("follows the store as it goes and comes back", async () => {
    let reachable = true;
    const ping = async () => {
      if (!reachable) throw new Error("the store is gone");
    };
    const { url } = await aServer({ ping, watchPauseMs: 5 });
    const seen: Serving[] = [];

    for await (const { status } of healthOf(url).watch({})) {
      seen.push(status);
      reachable = !reachable;
      if (seen.length === 3) break;
    }

    expect(seen).toEqual([Serving.SERVING, Serving.NOT_SERVING, Serving.SERVING]);
  });
});

describe("probes by path", () => {
  it("say that the process lives and is ready", async () => {
    const { url } = await anEngine();

    expect(await probe(url, "/healthz")).toEqual({ status: 200, body: { status: "alive" } });
    expect(await probe(url, "/readyz?verbose")).toEqual({ status: 200, body: { status: "ready" } });
  });

  it("say that it lives but is not ready while the store does not answer", async () => {
    const { url } = await aServer({ ping: () => Promise.reject(new Error("the store is gone")) });

    expect(await probe(url, "/healthz")).toEqual({ status: 200, body: { status: "alive" } });
    expect(await probe(url, "/readyz")).toEqual({ status: 503, body: { status: "storeUnreachable" } });
  });

  it("do not wait for a store that hangs", async () => {
    const { url } = await aServer({ ping: () => new Promise(() => {}) });

    expect(await probe(url, "/readyz")).toEqual({ status: 503, body: { status: "storeUnreachable" } });
  });

  it("end where nothing is, with a sentence", async () => {
    const { url } = await anEngine();

    expect(await probe(url, "/nothing")).toEqual({
      status: 404,
      body: { code: "unimplemented", message: expect.stringMatching(/^There is nothing at this path\./) },
    });
  });
});
