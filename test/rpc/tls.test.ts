import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { generate } from "selfsigned";
import { describe, expect, it, onTestFinished } from "vitest";
import { anEngine } from "./support/an-engine.ts";
import { runAStory, STORY } from "./support/a-story.ts";

async function aTlsEngine() {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  const folder = await mkdtemp(join(tmpdir(), "perdure-tls-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const tls = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  await writeFile(tls.certFile, cert);
  await writeFile(tls.keyFile, key);
  return { engine: await anEngine({ tls }), ca: cert };
}

describe("TLS", () => {
  it("carries a whole story by gRPC, and one by Connect over HTTP/1.1", async () => {
    const { engine, ca } = await aTlsEngine();
    expect(engine.url).toMatch(/^https:/);

    expect(await runAStory(createGrpcTransport({ baseUrl: engine.url, nodeOptions: { ca } }))).toEqual(STORY);
    const { engine: other, ca: otherCa } = await aTlsEngine();
    const http1 = createConnectTransport({ baseUrl: other.url, httpVersion: "1.1", nodeOptions: { ca: otherCa } });
    expect(await runAStory(http1)).toEqual(STORY);
  });

  it("answers probes of a client that knows only HTTP/1.1", async () => {
    const { engine, ca } = await aTlsEngine();

    const status = await new Promise((resolve, reject) => {
      get(`${engine.url}/readyz`, { ca }, (response) => resolve(response.resume().statusCode)).on("error", reject);
    });

    expect(status).toBe(200);
  });

  it("closes on a client that speaks clear text, and goes on serving others", async () => {
    const { engine, ca } = await aTlsEngine();
    const socket = connect(engine.address.port, "127.0.0.1");

    socket.write("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    await new Promise((resolve) =>
      socket
        .on("error", () => {})
        .once("close", resolve)
        .resume(),
    );

    expect(await runAStory(createGrpcTransport({ baseUrl: engine.url, nodeOptions: { ca } }))).toEqual(STORY);
  });

  it("says that files are no certificate and key before anything is opened", async () => {
    const file = fileURLToPath(import.meta.url);

    await expect(anEngine({ tls: { certFile: file, keyFile: file } })).rejects.toThrow(
      /are not a certificate and its key: /,
    );
  });

  it("says which file is missing", async () => {
    const tls = { certFile: "/nowhere/cert.pem", keyFile: "/nowhere/key.pem" };

    await expect(anEngine({ tls })).rejects.toThrow(/^cannot read \/nowhere\/(cert|key)\.pem: ENOENT/);
  });
});
