import { connect } from "node:net";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "perdure/proto/google/rpc/error_details_pb";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { describe, expect, it } from "vitest";
import { leaseTokenText } from "../../services/engine/src/rpc/lease-token.ts";
import { anEngine, clientsOf, http2Transport } from "./support/an-engine.ts";
import { aServer } from "./support/a-server.ts";

const SESSION = "session-of-a-test";

describe("a drain", () => {
  it.each(["1.1", "2"] as const)("ends polls, waits and watches at once, over HTTP/%s", async (httpVersion) => {
    const engine = await anEngine({ drainGraceMs: 60_000 });
    const { workflows, workers } = clientsOf(createConnectTransport({ baseUrl: engine.url, httpVersion }));
    const ref = { workflow: "greet", instanceId: "a" };
    await workflows.createInstance({ workflow: "greet", instance: { instanceId: "a" } });
    const poll = workers.pollTasks({ session: SESSION, workflows: ["other"], slots: 1 });
    const wait = workflows.waitInstance({ ref });
    const watch = Array.fromAsync(workflows.watchInstance({ ref })).catch((error: unknown) => ConnectError.from(error));
    await workers.heartbeat({ session: SESSION });

    await engine.close();

    expect(await poll).toMatchObject({ tasks: [] });
    expect((await wait).instance?.ref).toMatchObject({ instanceId: "a" });
    const ended = await watch;
    expect(ended).toMatchObject({ code: Code.Unavailable });
    expect((ended as ConnectError).findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "SHUTTING_DOWN" }]);
  });

  it.each(["1.1", "2"] as const)("lets a commit in flight end over HTTP/%s", async (httpVersion) => {
    const committing = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const { url, port } = await aServer({
      workers: {
        async commit() {
          committing.resolve();
          await written.promise;
          return [{ position: 7, leaseState: "released", news: [], putOff: [], pausing: false, nextDueInMs: null }];
        },
      },
    });
    const workers = createClient(WorkerService, createConnectTransport({ baseUrl: url, httpVersion }));
    const token = leaseTokenText({ uid: "u", run: 1, epoch: 1 });
    const lease = { instance: { workflow: "greet", instanceId: "a" }, token };
    const commit = workers.commitTasks({ session: SESSION, commits: [{ lease, sequence: 1 }] });
    await committing.promise;

    const closed = port.close(60_000);
    written.resolve();

    expect(await commit).toMatchObject({ results: [{ outcome: { case: "accepted", value: { position: 7 } } }] });
    await closed;
  });

  it("cuts off after its grace what does not end", async () => {
    const started = Promise.withResolvers<void>();
    const { url, port } = await aServer({
      callers: {
        get() {
          started.resolve();
          return new Promise(() => {});
        },
      },
    });
    const call = clientsOf(http2Transport(url)).workflows.getInstance({ ref: { workflow: "greet", instanceId: "a" } });
    call.catch(() => {});
    await started.promise;

    await port.close(10);

    await expect(call).rejects.toThrow(ConnectError);
  });

  it("takes no new connections", async () => {
    const engine = await anEngine();
    await engine.close();

    const refused = new Promise((resolve) => connect(engine.address.port, "127.0.0.1").once("error", resolve));

    expect(await refused).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("may be asked for again", async () => {
    const engine = await anEngine();

    await Promise.all([engine.close(), engine.close()]);

    await expect(engine.close()).resolves.toBeUndefined();
  });
});
