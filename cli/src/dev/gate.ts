import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { CommandRefused } from "../refusal.ts";
import type { ProjectChild } from "./project-child.ts";

const HOST = "127.0.0.1";

/** Wrangler's. */
const PORT = 8787;

/** Holds a project's port, and hands connections to the process that serves it; between two of them, they wait. */
export class Gate {
  readonly #server: Server;
  readonly #held: Socket[] = [];
  #child: ProjectChild | undefined;

  private constructor() {
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#pass(socket));
  }

  /**
   * @param port The one that was asked for. Without, wrangler's, or any that is free when that is taken.
   * @throws {CommandRefused} when the port that was asked for is taken.
   */
  static async listen(port: number | undefined): Promise<Gate> {
    const gate = new Gate();
    try {
      await gate.#listen(port ?? PORT);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      if (port !== undefined) {
        const message = `cannot listen on ${HOST}:${port}: another process listens there already`;
        throw new CommandRefused("PORT_TAKEN", message);
      }
      await gate.#listen(0);
    }
    return gate;
  }

  get url(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on connections go to this process; those that waited go first. */
  open(child: ProjectChild): void {
    this.#child = child;
    for (const socket of this.#held.splice(0)) child.give(socket);
  }

  /** From now on connections wait. */
  hold(): void {
    this.#child = undefined;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#held.splice(0)) socket.destroy();
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen(port, HOST);
    await once(this.#server, "listening");
  }

  #pass(socket: Socket): void {
    // One that ends while it waits is nobody's failure.
    socket.on("error", () => {});
    if (this.#child === undefined) this.#held.push(socket);
    else this.#child.give(socket);
  }
}
