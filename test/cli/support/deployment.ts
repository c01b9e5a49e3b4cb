import { type Client, createClient } from "perdure/client";
import { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import { freePort } from "../../support/free-port.ts";
import type { Child } from "../../support/child.ts";
import { type Ended, perdure, type RunOptions, start } from "./perdure.ts";

/** The workflows that instances of the tests are of. */
export const MODULE = "test/cli/fixtures/workflows.ts";

/** A real engine with a store in memory, and a worker for the fixture, until the tests are over. */
export class Deployment implements AsyncDisposable {
  readonly url: string;
  readonly client: Client;
  readonly #processes: readonly Child[];

  private constructor(url: string, processes: readonly Child[]) {
    this.url = url;
    this.client = createClient({ engine: url });
    this.#processes = processes;
  }

  static async start(): Promise<Deployment> {
    const listen = `127.0.0.1:${await freePort()}`;
    const engine = start(["server", "--listen", listen, "--store", "memory:"]);
    await engine.printed(/engine serves/);
    const worker = start(["worker", MODULE, "--engine", `http://${listen}`]);
    await worker.printed(/worker serves/);
    return new Deployment(`http://${listen}`, [worker, engine]);
  }

  /** Runs `perdure` with this engine. */
  run(args: readonly string[], { stdin = "", env = {} }: RunOptions = {}): Promise<Ended> {
    return perdure(args, { stdin, env: { PERDURE_ENGINE: this.url, ...env } });
  }

  /** Runs `perdure instances` with this engine. */
  instances(...args: readonly string[]): Promise<Ended> {
    return this.run(["instances", ...args]);
  }

  /** Creates an instance without the command, where that is not what is tested. */
  async create(workflow: string, id: string, params?: unknown): Promise<void> {
    await this.client.workflow(workflow).create({ id, ...(params !== undefined && { params }) });
  }

  /** Waits until an instance is so. */
  async becomes(workflow: string, id: string, status: keyof typeof InstanceStatus): Promise<void> {
    for await (const word of this.client.instances.watch(workflow, id)) {
      if (word.status === InstanceStatus[status]) return;
    }
    throw new Error(`${workflow}/${id} did not become ${status}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    for (const process of this.#processes) await process.kill();
  }
}
