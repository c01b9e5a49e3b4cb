import { createServer, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { createRequestListener } from "@remix-run/node-fetch-server";
import type { Log } from "perdure/worker";
import type { WebApp } from "./web-app.ts";

/** Serves HTTP on connections that another process has accepted. */
export class WebServer {
  readonly #server: Server;
  readonly #answering = new Set<ServerResponse>();
  /** Called when the last answer has been sent. */
  #idle: (() => void) | undefined;

  constructor(app: WebApp, log: Log) {
    const onError = (error: unknown): void => log.error({ error }, "a response could not be sent");
    this.#server = createServer(createRequestListener((request) => app.fetch(request), { onError }));
    this.#server.on("request", (_, response) => this.#count(response));
    this.#server.on("upgrade", (_, socket: Duplex) => refuseUpgrade(socket));
  }

  /** Takes a connection over. */
  accept(socket: Socket): void {
    this.#server.emit("connection", socket);
    socket.resume();
  }

  /** Lets answers end that are under way; what is left when the time is up is cut off. */
  async stop(graceMs: number): Promise<void> {
    const timeUp = new AbortController();
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    this.#server.closeIdleConnections();
    const limit = delay(graceMs, undefined, { signal: timeUp.signal }).catch(() => {});
    if (this.#answering.size > 0) await Promise.race([idle, limit]);
    timeUp.abort();
    this.#server.closeAllConnections();
  }

  #count(response: ServerResponse): void {
    this.#answering.add(response);
    response.on("close", () => {
      this.#answering.delete(response);
      if (this.#answering.size === 0) this.#idle?.();
    });
  }
}

function refuseUpgrade(socket: Duplex): void {
  const body = "WebSockets are not offered here.\n";
  socket.on("error", () => {});
  socket.end(
    [
      `HTTP/1.1 501 ${STATUS_CODES[501] ?? ""}`,
      "content-type: text/plain; charset=utf-8",
      `content-length: ${body.length}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
