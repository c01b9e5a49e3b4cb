import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "perdure/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Child } from "../support/child.ts";
import { freePort } from "../support/free-port.ts";
import { freshDatabaseUri } from "../support/mongod.ts";

const STEPS = 5;
const ENGINE = "services/engine/src/main.ts";
const CLI = "cli/src/main.ts";
const MODULE = "test/end-to-end/fixtures/ledger.ts";

/** The processes of one deployment, each of which can be killed and started again. */
class Deployment {
  readonly ledger: string;
  readonly client: Client;
  readonly #url: string;
  readonly #store: string;
  readonly #port: number;
  #engine: Child | null = null;
  #worker: Child | null = null;

  constructor(folder: string, store: string, port: number) {
    this.ledger = join(folder, "ledger");
    this.#store = store;
    this.#port = port;
    this.#url = `http://127.0.0.1:${port}`;
    this.client = createClient({ engine: this.#url });
    writeFileSync(this.ledger, "");
  }

  async startEngine(): Promise<void> {
    const args = ["--listen", `127.0.0.1:${this.#port}`, "--store", this.#store, "--lease", "2 seconds"];
    this.#engine = Child.node(ENGINE, args);
    await this.#engine.printed(/engine serves/);
  }

  startWorker(): void {
    this.#worker = Child.node(CLI, ["worker", MODULE, "--engine", this.#url, "--name", "killed"]);
  }

  async kill(victim: "engine" | "worker"): Promise<void> {
    await (victim === "engine" ? this.#engine : this.#worker)?.kill();
    if (victim === "engine") await this.startEngine();
    else this.startWorker();
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

  async isAcknowledged(id: string, n: number): Promise<boolean> {
    const records = await Array.fromAsync(this.client.instances.journal("LedgerWorkflow", id));
    const entries = records.flatMap((record) => record.entries).map(({ entry }) => entry);
    return entries.some((entry) => entry.case === "stepCompleted" && entry.value.key?.name === `step ${n}`);
  }

  async close(): Promise<void> {
    await this.#worker?.kill();
    await this.#engine?.kill();
  }
}

let folder: string;
let deployment: Deployment | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-kill-"));
});
afterEach(async () => {
  await deployment?.close();
  await rm(folder, { recursive: true, force: true });
});

async function soon(condition: () => unknown): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 30_000, interval: 5 });
}

const STORES = {
  SQLite: async () => `sqlite:${join(folder, "kill.db")}`,
  MongoDB: () => freshDatabaseUri(),
};

// Invariants 1, 2 and 3.
describe.each(Object.keys(STORES) as (keyof typeof STORES)[])("on %s", (store) => {
  it.each(["engine", "worker"] as const)(
    "an instance finishes though the %s is killed inside every step, after each, and at each boundary",
    async (victim) => {
      deployment = new Deployment(folder, await STORES[store](), await freePort());
      const { client, ledger } = deployment;
      await deployment.startEngine();
      deployment.startWorker();
      deployment.hold(1);
      const { id } = await client.workflow("LedgerWorkflow").create({ params: { ledger, steps: STEPS } });
      const callsWhenAcknowledged = new Map<number, number>();

      for (let n = 1; n <= STEPS; n++) {
        await soon(() => (deployment?.calls("enter", n) ?? 0) > 0);
        await deployment.kill(victim);
        if (n < STEPS) deployment.hold(n + 1);
        deployment.release(n);
        await soon(() => (deployment?.calls("leave", n) ?? 0) > 0);
        await deployment.kill(victim);
        await soon(() => deployment?.isAcknowledged(id, n));
        callsWhenAcknowledged.set(n, deployment.calls("enter", n));
        await deployment.kill(victim);
      }

      const instance = await client.workflow("LedgerWorkflow").get(id);
      expect(await instance.result()).toEqual([1, 4, 9, 16, 25]);
      const calls = [...callsWhenAcknowledged.keys()].map((n) => [n, deployment?.calls("enter", n)]);
      expect(calls).toEqual([...callsWhenAcknowledged]);
    },
    180_000,
  );
});
