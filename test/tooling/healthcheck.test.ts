import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const SCRIPT = join(import.meta.dirname, "../../scripts/healthcheck.ts");

describe("the container's health check", () => {
  it("succeeds when the engine says that it lives", async () => {
    const address = await serve((request, response) =>
      response.writeHead(request.url === "/healthz" ? 200 : 404).end(),
    );

    expect(await checked(address)).toBe(0);
  });

  it.each<[string, RequestListener]>([
    ["says that it is ill", (_request, response) => response.writeHead(503).end()],
    ["closes without an answer", (request) => request.socket.destroy()],
    ["never answers", () => {}],
  ])("fails when the engine %s", async (_what, listener) => {
    expect(await checked(await serve(listener))).toBe(1);
  });

  it("fails when nobody listens", async () => {
    expect(await checked("127.0.0.1:1")).toBe(1);
  });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function checked(address: string): Promise<number> {
  const check = spawn(process.execPath, [SCRIPT], { env: { ...process.env, PERDURE_LISTEN: address } });
  const [code] = await once(check, "exit");
  return code;
}
