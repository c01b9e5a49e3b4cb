import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Listener, Request, Response } from "./answer.ts";
import { isHttp2 } from "./first-bytes.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { PORT_LIMITS, type PortLimits } from "./port-limits.ts";

export interface Tls {
  /** PEM, with the chain. */
  readonly cert: string | Buffer;
  /** PEM. */
  readonly key: string | Buffer;
}

/**
 * One port for HTTP/1.1 and HTTP/2. In clear text a connection's first bytes tell which it is; with TLS
 * the two sides have agreed on it.
 */
export class Port {
  readonly #server: HttpServer;
  readonly #http2: Http2Sessions;
  readonly #listener: Listener;
  readonly #sockets = new Set<Socket>();
  /** Responses over HTTP/1.1 that have not ended. */
  readonly #responses = new Set<Response>();
  #closing = false;

  constructor(listener: Listener, tls: Tls | null, limits: PortLimits = PORT_LIMITS) {
    this.#listener = listener;
    this.#http2 = new Http2Sessions(listener, limits);
    this.#server = createHttp1Server(tls, limits);
    this.#server.maxConnections = limits.connections;
    this.#server.on("request", (request, response) => this.#serveHttp1(request, response));
    this.#divert(tls === null ? "connection" : "secureConnection", limits.headersMs);
    this.#server.prependListener("connection", (socket: Socket) => this.#track(socket));
  }

  async listen(host: string, port: number): Promise<AddressInfo> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen({ host, port, backlog: 1_024 }, resolve);
    await promise;
    this.#server.off("error", reject);
    return this.#server.address() as AddressInfo;
  }

  /** Takes no more calls, lets those that are there end, and cuts off after `graceMs` what has not ended. */
  async close(graceMs: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#http2.close();
    for (const response of this.#responses) lastOnItsConnection(response);
    const timer = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), graceMs);
    await promise;
    clearTimeout(timer);
  }

  /** Puts a choice before the server's own handler of connections. */
  #divert(event: "connection" | "secureConnection", firstBytesMs: number): void {
    const [serveHttp1] = this.#server.listeners(event) as ((this: HttpServer, socket: Socket) => void)[];
    this.#server.removeAllListeners(event);
    this.#server.on(event, (socket: Socket | TLSSocket) => {
      isHttp2(socket, firstBytesMs, (http2) =>
        http2 ? this.#http2.serve(socket) : serveHttp1!.call(this.#server, socket),
      );
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #serveHttp1(request: Request, response: Response): void {
    this.#responses.add(response);
    response.once("close", () => {
      this.#responses.delete(response);
      if (this.#closing) this.#server.closeIdleConnections();
    });
    if (this.#closing) lastOnItsConnection(response);
    this.#listener(request, response);
  }
}

function createHttp1Server(tls: Tls | null, limits: PortLimits): HttpServer {
  const options = {
    noDelay: true,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.bodyMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.ceil(limits.headersMs / 2),
  } as const;
  if (tls === null) return createHttpServer(options);
  const ALPNProtocols = ["h2", "http/1.1"];
  return createHttpsServer({ ...options, ...tls, ALPNProtocols, handshakeTimeout: limits.headersMs });
}

function lastOnItsConnection(response: Response): void {
  if ("shouldKeepAlive" in response && !response.headersSent) response.shouldKeepAlive = false;
}
