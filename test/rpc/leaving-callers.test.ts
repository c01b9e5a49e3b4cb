import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { RecordingLog } from "./support/recording-log.ts";
import { aServer } from "./support/a-server.ts";

const PATH = "/perdure.v1.WorkflowService/GetInstance";
const HEAD = `POST ${PATH} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 59\r\n\r\n`;
const BODY = `{"ref":{"workflow":"greet","instanceId":"a"},"padding":"x"}`;

/** A server that tells when a call has reached it, and whose calls end when the test says. */
async function aSlowServer() {
  const log = new RecordingLog();
  const reached = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<never>();
  finish.promise.catch(() => {});
  const get = () => {
    reached.resolve();
    return finish.promise;
  };
  const { url } = await aServer({ callers: { get }, log: log.logger });
  return { url, port: Number(new URL(url).port), log, reached: reached.promise, finish };
}

describe("a caller that leaves", () => {
  it.each([
    ["in the middle of its headers", HEAD.slice(0, 50)],
    ["in the middle of its body", HEAD + BODY.slice(0, 20)],
  ])("over HTTP/1.1 %s is no error of ours", async (_when, bytes) => {
    const { url, port, log } = await aSlowServer();
    for (let n = 0; n < 20; n++) {
      const socket = connect(port, "127.0.0.1");
      await new Promise((written) => socket.write(bytes, written));
      socket.resetAndDestroy();
    }

    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(log.errors).toEqual([]);
  });

  it("over HTTP/1.1 while its call runs is no error of ours", async () => {
    const { url, port, log, reached, finish } = await aSlowServer();
    const socket = connect(port, "127.0.0.1");
    socket.write(HEAD + BODY);
    await reached;
    socket.resetAndDestroy();

    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    finish.reject(new Error("too late to be told to anybody"));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    expect(log.errors).toMatchObject([{ msg: "call failed unexpectedly" }]);
  });

  it.each(["application/grpc", "application/proto", "application/grpc-web"])(
    "over HTTP/2 in the middle of its body is no error of ours, by %s",
    async (type) => {
      const { url, log } = await aSlowServer();
      for (let n = 0; n < 20; n++) {
        const session = connectHttp2(url).on("error", () => {});
        const stream = session.request({ ":method": "POST", ":path": PATH, "content-type": type });
        stream.on("error", () => {});
        await new Promise((written) => stream.write(Buffer.from([0, 0, 0, 0, 9, 10]), written));
        session.destroy();
      }

      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect(log.errors).toEqual([]);
    },
  );

  it("over HTTP/2 for good, as a process does that is killed, takes its calls with it", async () => {
    const { url, port, reached } = await aSlowServer();
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const session = connectHttp2(url, { createConnection: () => socket }).on("error", () => {});
    const call = session.request({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    call.on("error", () => {}).end(BODY);
    await reached;
    // All that the kernel says of a killed process: no more will come.
    socket.end();

    await once(socket, "close");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("over HTTP/2 takes only its own stream with it", async () => {
    const { url, log, reached } = await aSlowServer();
    const session = connectHttp2(url);
    const left = session.request({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    left.on("error", () => {}).end(BODY);
    await reached;
    left.close();

    const stayed = session.request({ ":path": "/readyz" });
    const [headers] = (await once(stayed, "response")) as [Record<string, unknown>];
    stayed.resume();
    session.close();

    expect(headers[":status"]).toBe(200);
    expect(log.errors).toEqual([]);
  });
});
