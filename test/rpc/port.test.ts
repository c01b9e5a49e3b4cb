import { once, type EventEmitter } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { PORT_LIMITS, type PortLimits } from "../../services/engine/src/rpc/port-limits.ts";
import { aServer } from "./support/a-server.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HALF_A_REQUEST = "POST /perdure.v1.WorkflowService/CreateInstance HTTP/1.1\r\nhost: a\r\n";
const WITH_BODY = `${HALF_A_REQUEST}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`;

const SHORT: PortLimits = { ...PORT_LIMITS, headersMs: 40, bodyMs: 80, pingAfterMs: 20, pingMs: 20 };

async function aPort(limits: PortLimits = PORT_LIMITS) {
  const { url } = await aServer({ limits });
  return { url, port: Number(new URL(url).port) };
}

function dial(port: number): Socket {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that a peer gets back until the connection is closed on it. */
async function answerTo(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = dial(port);
  socket.write(bytes);
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk));
  await closed(socket);
  return answer;
}

/** Also by a reset, which `once` would throw. */
function closed(socket: EventEmitter): Promise<unknown> {
  return new Promise((resolve) => socket.once("close", resolve));
}

/** Asks until there is an answer: a port that waits for milliseconds also closes on an honest peer that is slow. */
async function alive(url: string): Promise<boolean> {
  return vi.waitFor(async () => (await fetch(`${url}/healthz`)).ok, 15_000);
}

describe("a peer that says nothing, or half of it", () => {
  it.each([
    ["nothing at all", ""],
    ["a letter that both protocols begin with", "P"],
    ["the start of HTTP/2's preface", "PRI * HT"],
    ["HTTP/2's preface and no settings", PREFACE],
    ["half of a request's headers", HALF_A_REQUEST],
    ["a request without its body", WITH_BODY],
  ])("is closed on after its time: %s", async (_what, bytes) => {
    const { port, url } = await aPort(SHORT);

    await answerTo(port, bytes);

    expect(await alive(url)).toBe(true);
  });

  it("has its stream ended when the body never comes over HTTP/2", async () => {
    const { url } = await aPort({ ...PORT_LIMITS, headersMs: 1_000, bodyMs: 1_000 });
    const session = connectHttp2(url).on("error", () => {});
    onTestFinished(() => session.destroy());

    const stream = session.request({
      ":method": "POST",
      ":path": "/perdure.v1.WorkflowService/CreateInstance",
      "content-type": "application/grpc",
    });
    stream.on("error", () => {}).resume();
    await closed(stream);

    expect(session.closed).toBe(false);
  });
});

describe("an HTTP/2 peer that has vanished", () => {
  it("is noticed by a ping that nobody answers, while one that answers stays", async () => {
    const { port, url } = await aPort({ ...PORT_LIMITS, pingAfterMs: 20, pingMs: 1_000 });
    const living = connectHttp2(url);
    onTestFinished(() => living.destroy());
    await once(living, "remoteSettings");
    const vanished = dial(port);
    vanished.write(`${PREFACE}\0\0\0\x04\0\0\0\0\0`, "latin1");

    await closed(vanished.resume());

    expect(living.destroyed).toBe(false);
  });
});

describe("the first bytes", () => {
  it("may come one by one", async () => {
    const { port } = await aPort();
    const socket = dial(port);
    socket.setNoDelay(true);
    for (const letter of "PUT /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n") {
      await new Promise((written) => socket.write(letter, written));
    }
    const [chunk] = (await once(socket, "data")) as [Buffer];

    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it("may come with the end of what the peer sends", async () => {
    const { port } = await aPort();
    const socket = dial(port);
    socket.end("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const [chunk] = (await once(socket, "data")) as [Buffer];

    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it("may be any bytes: the process lives", async () => {
    const { port, url } = await aPort({ ...SHORT, headersMs: 15, pingAfterMs: 15, pingMs: 5 });
    const garbage = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from(PREFACE), bytes])),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from(HALF_A_REQUEST), bytes])),
    );

    await fc.assert(
      fc.asyncProperty(garbage, async (bytes) => {
        await answerTo(port, bytes);
      }),
      { numRuns: 60 },
    );

    expect(await alive(url)).toBe(true);
  });
});

describe("requests that no handler should see", () => {
  it.each([
    ["a giant header", `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(40_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ["a giant path", `GET /${"y".repeat(40_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ["no HTTP at all", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "no host in HTTP/1.1",
      `${HALF_A_REQUEST.replace("host: a\r\n", "")}connection: close\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    ["no host in HTTP/1.0", "POST /perdure.v1.WorkflowService/GetInstance HTTP/1.0\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "a host that is none",
      `${HALF_A_REQUEST.replace("host: a", "host: [")}connection: close\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a method that RPCs do not have",
      `${HALF_A_REQUEST.replace("POST", "DELETE")}connection: close\r\n\r\n`,
      /^HTTP\/1\.1 405 /,
    ],
    [
      "a type that no protocol has",
      `${HALF_A_REQUEST}content-type: a/b\r\nconnection: close\r\n\r\n`,
      /^HTTP\/1\.1 415 /,
    ],
    ["two lengths", `${HALF_A_REQUEST}content-length: 1\r\ncontent-length: 2\r\n\r\n`, /^HTTP\/1\.1 400 /],
  ])("are refused by HTTP: %s", async (_what, request, answer) => {
    const { port, url } = await aPort();

    expect(await answerTo(port, request)).toMatch(answer);
    expect(await alive(url)).toBe(true);
  });

  it("are refused over HTTP/2 when their headers are giant", async () => {
    const { url } = await aPort();
    const session = connectHttp2(url, { maxSendHeaderBlockLength: 1_000_000 }).on("error", () => {});
    onTestFinished(() => session.destroy());

    const stream = session.request({ ":path": "/healthz", x: "y".repeat(200_000) });
    const ended = await Promise.race([
      once(stream, "error").then(() => "error"),
      once(stream, "response").then(([headers]) => (headers as Record<string, unknown>)[":status"]),
    ]);

    expect(["error", 431]).toContain(ended);
    expect(await alive(url)).toBe(true);
  });
});

describe("more connections than are allowed", () => {
  it("are closed at once, and there is room again when others have left", async () => {
    const { port, url } = await aPort({ ...PORT_LIMITS, connections: 2 });
    const first = dial(port);
    const second = dial(port);
    await Promise.all([once(first, "connect"), once(second, "connect")]);

    expect(await answerTo(port, "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")).toBe("");
    second.destroy();
    await closed(second);

    expect(await alive(url)).toBe(true);
  });
});
