import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { deserialize, type Document } from "bson";
import { onTestFinished } from "vitest";

export interface Proxy {
  readonly port: number;
  /** What was asked of the server, as it went over the wire. */
  readonly commands: readonly Document[];
  /** Breaks every connection that there is, whatever is on its way. */
  cut(): void;
}

/** Stands between a driver and a MongoDB on this machine. */
export async function startProxy(port: number): Promise<Proxy> {
  const commands: Document[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  };
  const server = createServer((downstream) => {
    const upstream = connect(port, "127.0.0.1");
    keep(downstream);
    keep(upstream);
    listenIn(downstream, commands);
    downstream.pipe(upstream).pipe(downstream);
    downstream.on("close", () => upstream.destroy());
    upstream.on("close", () => downstream.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const cut = () => sockets.forEach((socket) => socket.destroy());
  onTestFinished(() => {
    server.close();
    cut();
  });
  return { port: (server.address() as AddressInfo).port, commands, cut };
}

const HEADER_BYTES = 16;
const OP_MSG = 2013;

/** Notes the body of each message; the documents of a batch come after it and are not looked at. */
function listenIn(socket: Socket, commands: Document[]): void {
  let buffered = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= HEADER_BYTES && buffered.length >= buffered.readInt32LE(0)) {
      const message = buffered.subarray(0, buffered.readInt32LE(0));
      buffered = buffered.subarray(message.length);
      // After the header: four bytes of flags, and a zero that says that the body follows.
      const body = HEADER_BYTES + 5;
      if (message.readInt32LE(12) !== OP_MSG || message[body - 1] !== 0) continue;
      commands.push(deserialize(message.subarray(body, body + message.readInt32LE(body))));
    }
  });
}
