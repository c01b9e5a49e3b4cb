import { createServer, type Http2Server, type Http2ServerRequest, type ServerHttp2Session } from "node:http2";
import type { Listener } from "./answer.ts";
import {
  BODY_MS_MAX,
  HEADER_BYTES_MAX,
  PING_AFTER_MS,
  PING_MS_MAX,
  SESSION_MEGABYTES_MAX,
  STREAMS_MAX,
  WINDOW_BYTES,
} from "./port-limits.ts";

/** The HTTP/2 side of a port: it serves the sockets that are given to it. */
export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #open = new Set<ServerHttp2Session>();

  constructor(listener: Listener) {
    this.#server = createServer({
      maxSessionMemory: SESSION_MEGABYTES_MAX,
      settings: {
        maxConcurrentStreams: STREAMS_MAX,
        maxHeaderListSize: HEADER_BYTES_MAX,
        initialWindowSize: WINDOW_BYTES,
      },
    });
    this.#server.on("request", (request, response) => {
      endSlowBody(request);
      listener(request, response);
    });
    this.#server.on("session", (session) => this.#add(session));
  }

  serve(socket: object): void {
    this.#server.emit("connection", socket);
  }

  /** Lets no new streams in; each session ends with its last one. */
  close(): void {
    for (const session of this.#open) session.close();
  }

  #add(session: ServerHttp2Session): void {
    this.#open.add(session);
    session.once("close", () => this.#open.delete(session));
    session.once("connect", () => session.setLocalWindowSize(SESSION_WINDOWS * WINDOW_BYTES));
    session.setTimeout(PING_AFTER_MS, () => ping(session));
  }
}

/** Bodies at full speed at the same time on one connection. */
const SESSION_WINDOWS = 16;

/** A peer that has vanished is noticed, so that no task is handed to it for ever. */
function ping(session: ServerHttp2Session): void {
  if (session.closed || session.destroyed) return;
  const timer = setTimeout(() => session.destroy(), PING_MS_MAX).unref();
  session.ping(() => clearTimeout(timer));
}

/** HTTP/1.1 has such a limit of its own. */
function endSlowBody(request: Http2ServerRequest): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.stream.close(), BODY_MS_MAX).unref();
  request.once("end", () => clearTimeout(timer));
  request.once("close", () => clearTimeout(timer));
}
