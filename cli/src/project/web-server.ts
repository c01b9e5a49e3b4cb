import { createServer, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { createRequestListener } from "@remix-run/node-fetch-server";
import type { Log } from "perdure/worker";
import type { WebApp } from "./web-app.ts";

/** Serves HTTP on connections that another process has accepted. */
export class WebServer {
  readonly #server: Server;
  /** Connections whose request is being answered, or is on its way. */
  readonly #busy = new Set<Duplex>();
  #onIdle: (() => void) | undefined;

  constructor(app: WebApp, log: Log) {
    const onError = (error: unknown): void => log.error({ error }, "a response could not be sent");
    this.#server = createServer(createRequestListener((request) => app.fetch(request), { onError }));
    this.#server.prependListener("request", ({ socket }, response) => {
      this.#busy.add(socket);
      // A connection that is kept would get its next request into a process that is ending.
      if (this.#onIdle !== undefined) response.setHeader("connection", "close");
      response.on("close", () => this.#release(socket));
    });
    this.#server.on("upgrade", (_, socket: Duplex) => refuseUpgrade(socket));
  }

  /** Takes a connection over. */
  accept(socket: Socket): void {
    this.#busy.add(socket);
    socket.on("close", () => this.#release(socket));
    this.#server.emit("connection", socket);
    socket.resume();
  }

  /** Lets requests end that have come; what is left when the time is up is cut off. */
  async stop(graceMs: number): Promise<void> {
    const timeUp = new AbortController();
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#server.closeIdleConnections();
    const limit = delay(graceMs, undefined, { signal: timeUp.signal }).catch(() => {});
    if (this.#busy.size > 0) await Promise.race([idle, limit]);
    timeUp.abort();
    this.#server.closeAllConnections();
  }

  #release(socket: Duplex): void {
    this.#busy.delete(socket);
    if (this.#busy.size === 0) this.#onIdle?.();
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
