import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "perdure/client";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { vi } from "vitest";
import { Child } from "../../support/child.ts";
import { freePort } from "../../support/free-port.ts";
import { freshDatabaseUri } from "../../support/mongod.ts";

const ENGINE = "services/engine/src/main.ts";
const CLI = "cli/src/main.ts";
const MODULE = "test/end-to-end/fixtures/ledger.ts";

/** Stores that outlive an engine, by what a deployment with a folder of its own opens. */
const STORES = {
  SQLite: async (folder: string) => `sqlite:${join(folder, "perdure.db")}`,
  MongoDB: () => freshDatabaseUri(),
};

/** Two starts of processes, and two leases, on a machine that does much else. */
const SOON_MS = 90_000;

/** Resolves once the condition holds. */
export async function soon(condition: () => boolean | Promise<boolean>): Promise<void> {
  const holds = async (): Promise<void> => {
    if (!(await condition())) throw new Error(`not within ${SOON_MS} ms: ${String(condition)}`);
  };
  await vi.waitFor(holds, { timeout: SOON_MS, interval: 5 });
}

/** The processes of one deployment, each of which can be killed and started again. */
export class Deployment {
  readonly ledger: string;
  readonly client: Client;
  readonly #url: string;
  readonly #store: string;
  readonly #port: number;
  #engine: Child | null = null;
  #worker: Child | null = null;

  /** With an engine and a worker, until the test is over. */
  static async start(
    store: keyof typeof STORES,
    whenDone: (cleanUp: () => Promise<void>) => void,
  ): Promise<Deployment> {
    const folder = await mkdtemp(join(tmpdir(), "perdure-deployment-"));
    const deployment = new Deployment(folder, await STORES[store](folder), await freePort());
    whenDone(async () => {
      await deployment.#close();
      await rm(folder, { recursive: true, force: true });
    });
    await deployment.#startEngine();
    deployment.#startWorker();
    return deployment;
  }

  private constructor(folder: string, store: string, port: number) {
    this.ledger = join(folder, "ledger");
    this.#store = store;
    this.#port = port;
    this.#url = `http://127.0.0.1:${port}`;
    this.client = createClient({ engine: this.#url });
    writeFileSync(this.ledger, "");
  }

  async kill(victim: "engine" | "worker"): Promise<void> {
    await (victim === "engine" ? this.#engine : this.#worker)?.kill();
    if (victim === "engine") await this.#startEngine();
    else this.#startWorker();
  }

  /** Calls of a step's callback so far, or returns of them. */
  calls(line: "enter" | "leave", n: number): number {
    return readFileSync(this.ledger, "utf8")
      .split("\n")
      .filter((found) => found === `${line} ${n}`).length;
  }

  hold(n: number): void {
    writeFileSync(`${this.ledger}.hold-${n}`, "");
  }

  release(n: number): void {
    rmSync(`${this.ledger}.hold-${n}`);
  }

  /** Whether the end of a step, or of its undoing, is in the journal. */
  async isAcknowledged(workflow: string, id: string, n: number, kind: StepKind = StepKind.DO): Promise<boolean> {
    const records = await Array.fromAsync(this.client.instances.journal(workflow, id));
    return records
      .flatMap((record) => record.entries)
      .some(({ entry }) => {
        const key = entry.case === "stepCompleted" ? entry.value.key : undefined;
        return key?.kind === kind && key.name === `step ${n}`;
      });
  }

  async #startEngine(): Promise<void> {
    const args = ["--listen", `127.0.0.1:${this.#port}`, "--store", this.#store, "--lease", "2 seconds"];
    this.#engine = Child.node(ENGINE, args);
    await this.#engine.printed(/engine serves/);
  }

  #startWorker(): void {
    this.#worker = Child.node(CLI, ["worker", MODULE, "--engine", this.#url, "--name", "killed"]);
  }

  async #close(): Promise<void> {
    await this.#worker?.kill();
    await this.#engine?.kill();
  }
}
