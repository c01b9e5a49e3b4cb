import { request as httpRequest } from "node:http";
import { Code } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { describe, expect, it } from "vitest";
import type { Poll } from "../../services/engine/src/app/worker-api.ts";
import { dropFarDeadlines } from "../../services/engine/src/rpc/deadline.ts";
import { holdMs } from "../../services/engine/src/rpc/hold.ts";
import { durationToMessage } from "../../services/engine/src/rpc/time.ts";
import { anEngine, clientsOf, http2Transport } from "./support/an-engine.ts";
import { aServer } from "./support/a-server.ts";

const POLL = { session: "session-of-a-test", workflows: ["greet"], slots: 1 };

/** A server whose polls never end by themselves, and the poll that it got. */
async function aPatientServer() {
  const got = Promise.withResolvers<{ readonly poll: Poll; readonly signal: AbortSignal }>();
  const gone = Promise.withResolvers<void>();
  const server = await aServer({
    workers: {
      async poll(poll, signal) {
        got.resolve({ poll, signal });
        signal.addEventListener("abort", () => gone.resolve());
        await gone.promise;
        return { tasks: [], notices: [] };
      },
    },
  });
  return { ...server, got: got.promise, gone: gone.promise };
}

describe("the time that a long poll is held", () => {
  it.each<[string, number | undefined, number | undefined, number]>([
    ["20 s when nothing is said", undefined, undefined, 20_000],
    ["what is asked for", 1_500, undefined, 1_500],
    ["nothing when nothing is asked for", 0, undefined, 0],
    ["half a second less than the caller's deadline", 60_000, 10_000, 9_500],
    ["three quarters of a short deadline", 60_000, 400, 300],
    ["nothing when the deadline is over", 60_000, -5, 0],
    ["what is asked for when the deadline is later", 1_000, 10_000, 1_000],
    ["a minute at most", 3_600_000, undefined, 60_000],
  ])("is %s", (_what, asked, deadline, held) => {
    const hold = asked === undefined ? undefined : durationToMessage(asked);

    expect(holdMs(hold, { timeoutMs: () => deadline })).toBe(held);
  });
});

describe("a deadline", () => {
  it.each([
    [{ "grpc-timeout": "597H" }, {}],
    [{ "grpc-timeout": "99999999H" }, {}],
    [{ "grpc-timeout": "35792M" }, {}],
    [{ "grpc-timeout": "2147484S" }, {}],
    [{ "connect-timeout-ms": "2147483648" }, {}],
    [{ "grpc-timeout": "596H" }, { "grpc-timeout": "596H" }],
    [{ "grpc-timeout": "99999999m" }, { "grpc-timeout": "99999999m" }],
    [{ "grpc-timeout": "soon" }, { "grpc-timeout": "soon" }],
    [{ "connect-timeout-ms": "2147483647" }, { "connect-timeout-ms": "2147483647" }],
  ])("further away than a timer can tell is none: %j becomes %j", (given, left) => {
    const headers = { ...given };
    dropFarDeadlines(headers);

    expect(headers).toEqual(left);
  });
});

describe("a long poll", () => {
  it.each([
    ["Connect", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
    ["gRPC", (baseUrl: string) => createGrpcTransport({ baseUrl })],
    ["gRPC-Web", (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
  ])("is held until half a second before the deadline that %s tells", async (_name, transport) => {
    const polls: Poll[] = [];
    const { url } = await aServer({
      workers: {
        async poll(poll) {
          polls.push(poll);
          return { tasks: [], notices: [] };
        },
      },
    });

    await clientsOf(transport(url)).workers.pollTasks(POLL, { timeoutMs: 15_000 });

    expect(polls).toMatchObject([{ session: POLL.session, slots: 1 }]);
    expect(polls[0]!.holdMs).toBeLessThanOrEqual(14_500);
    expect(polls[0]!.holdMs).toBeGreaterThan(1_000);
  });

  it("is given a wait of weeks as one without an end, not as one that is over", async () => {
    const { url, got } = await aPatientServer();
    const { workers } = clientsOf(http2Transport(url));
    const poll = workers.pollTasks(
      { ...POLL, hold: durationToMessage(60_000) },
      { headers: { "connect-timeout-ms": "9999999999" } },
    );
    poll.catch(() => {});

    const { poll: seen, signal } = await got;
    await fetch(`${url}/healthz`);

    expect(seen.holdMs).toBe(60_000);
    expect(signal.aborted).toBe(false);
  });

  it("ends at once when its caller cancels it over HTTP/2", async () => {
    const { url, got, gone } = await aPatientServer();
    const caller = new AbortController();
    const poll = clientsOf(http2Transport(url)).workers.pollTasks(POLL, { signal: caller.signal });
    await got;

    caller.abort();

    await expect(poll).rejects.toMatchObject({ code: Code.Canceled });
    await gone;
  });

  it("ends at once when its caller's connection is gone over HTTP/1.1", async () => {
    const { url, got, gone } = await aPatientServer();
    const call = httpRequest(`${url}/perdure.v1.WorkerService/PollTasks`, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    call.on("error", () => {}).end(JSON.stringify(POLL));
    await got;

    call.destroy();

    await expect(gone).resolves.toBeUndefined();
  });

  it("waits for an instance's end, and shows it as it is when the time is over", async () => {
    const { workflows } = clientsOf(http2Transport((await anEngine()).url));
    await workflows.createInstance({ workflow: "greet", instance: { instanceId: "a" } });
    const ref = { workflow: "greet", instanceId: "a" };

    const early = await workflows.waitInstance({ ref, hold: durationToMessage(10) });
    const waiting = workflows.waitInstance({ ref });
    await workflows.terminateInstance({ ref });

    expect(early.instance?.endTime).toBeUndefined();
    expect((await waiting).instance?.endTime).toBeDefined();
  });
});
