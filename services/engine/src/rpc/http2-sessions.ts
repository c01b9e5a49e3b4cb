import { createServer, type Http2Server, type Http2ServerRequest, type ServerHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";
import type { Listener } from "./answer.ts";
import type { PortLimits } from "./port-limits.ts";

/** The HTTP/2 side of a port: it serves the sockets that are given to it. */
export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #limits: PortLimits;
  readonly #open = new Set<ServerHttp2Session>();

  constructor(listener: Listener, limits: PortLimits) {
    this.#limits = limits;
    this.#server = createServer({
      maxSessionMemory: limits.sessionMegabytes,
      settings: {
        maxConcurrentStreams: limits.streams,
        maxHeaderListSize: limits.headerBytes,
        initialWindowSize: limits.windowBytes,
      },
    });
    this.#server.on("request", (request, response) => {
      endSlowBody(request, limits.bodyMs);
      listener(request, response);
    });
    this.#server.on("session", (session) => this.#add(session));
  }

  serve(socket: Duplex): void {
    // A peer that says no more is gone, as one that was killed is: its polls are not to be given tasks.
    socket.once("end", () => socket.end());
    this.#server.emit("connection", socket);
  }

  /** Lets no new streams in; each session ends with its last one. */
  close(): void {
    for (const session of this.#open) session.close();
  }

  #add(session: ServerHttp2Session): void {
    const { sessionWindowBytes, pingAfterMs, pingMs } = this.#limits;
    this.#open.add(session);
    session.once("close", () => this.#open.delete(session));
    session.setLocalWindowSize(sessionWindowBytes);
    session.setTimeout(pingAfterMs, () => ping(session, pingMs));
  }
}

/** A peer that has vanished is noticed, so that no task is handed to it for ever. */
function ping(session: ServerHttp2Session, pingMs: number): void {
  if (session.destroyed) return;
  const timer = setTimeout(() => session.destroy(), pingMs).unref();
  session.ping(() => clearTimeout(timer));
}

/** HTTP/1.1 has such a limit of its own. */
function endSlowBody(request: Http2ServerRequest, bodyMs: number): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.stream.close(), bodyMs).unref();
  request.once("end", () => clearTimeout(timer));
  request.once("close", () => clearTimeout(timer));
}
