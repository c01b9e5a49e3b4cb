import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** How every HTTP/2 connection in clear text begins ("PRI * HTTP/2.0"), and no method of HTTP/1.1. */
const PREFACE = "PRI";

/**
 * Calls back once it is known which protocol a connection speaks, with nothing of it consumed. One that ends
 * before, as the probes of load balancers do, or says nothing in time, is closed.
 */
export function isHttp2(socket: Socket, withinMs: number, tell: (http2: boolean) => void): void {
  if (socket instanceof TLSSocket) return tell(socket.alpnProtocol === "h2");
  const close = (): void => void socket.destroy();
  const timer = setTimeout(close, withinMs).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.on("error", close);
  let seen = Buffer.alloc(0);
  const look = (): void => {
    for (let bytes: Buffer | null; (bytes = socket.read() as Buffer | null) !== null;) {
      seen = Buffer.concat([seen, bytes]);
    }
    const start = seen.toString("latin1", 0, PREFACE.length);
    if (start !== PREFACE && PREFACE.startsWith(start)) return;
    clearTimeout(timer);
    socket.off("readable", look).off("end", close);
    socket.unshift(seen);
    tell(start === PREFACE);
  };
  socket.on("readable", look).on("end", close);
}
