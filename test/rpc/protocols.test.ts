import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import type { Transport } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { anEngine, post } from "./support/an-engine.ts";
import { runAStory, STORY } from "./support/a-story.ts";

const run = promisify(execFile);

const TRANSPORTS: readonly [string, (baseUrl: string) => Transport][] = [
  ["Connect over HTTP/1.1", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["Connect over HTTP/2", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" })],
  ["Connect in JSON", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false })],
  ["Connect by GET", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true })],
  ["gRPC", (baseUrl) => createGrpcTransport({ baseUrl })],
  ["gRPC in JSON", (baseUrl) => createGrpcTransport({ baseUrl, useBinaryFormat: false })],
  ["gRPC-Web over HTTP/1.1", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC-Web over HTTP/2", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
  [
    "Connect with pings",
    (baseUrl) => {
      const sessionManager = new Http2SessionManager(baseUrl, { pingIntervalMs: 1_000 });
      return createConnectTransport({ baseUrl, httpVersion: "2", sessionManager });
    },
  ],
];

describe("one port", () => {
  it.each(TRANSPORTS)("carries a whole story by %s", async (_name, transport) => {
    const engine = await anEngine();

    expect(await runAStory(transport(engine.url))).toEqual(STORY);
  });

  it("answers plain fetch with JSON that a person can read", async () => {
    const { url } = await anEngine();

    const created = await post(url, "WorkflowService/CreateInstance", {
      workflow: "greet",
      instance: { instanceId: "a", params: { json: "[1]" } },
    });
    const again = await post(url, "WorkflowService/CreateInstance", {
      workflow: "greet",
      instance: { instanceId: "a" },
    });

    expect(created).toMatchObject({
      status: 200,
      body: {
        instance: {
          ref: { namespace: "default", workflow: "greet", instanceId: "a" },
          status: "INSTANCE_STATUS_QUEUED",
          params: { json: "[1]" },
        },
      },
    });
    expect(again).toMatchObject({
      status: 409,
      body: {
        code: "already_exists",
        details: [{ type: "google.rpc.ErrorInfo", debug: { reason: "INSTANCE_EXISTS", domain: "perdure" } }],
      },
    });
  });

  it.each([["--http1.1"], ["--http2-prior-knowledge"]])("answers curl %s", async (version) => {
    const { url } = await anEngine();
    const path = `${url}/perdure.v1.WorkflowService/CreateInstance`;

    const { stdout } = await run("curl", [
      version,
      "-sS",
      "-H",
      "content-type: application/json",
      "-d",
      `{"workflow":"greet"}`,
      path,
    ]);

    expect(JSON.parse(stdout)).toMatchObject({ instance: { ref: { workflow: "greet" }, params: { json: "{}" } } });
  });
});
