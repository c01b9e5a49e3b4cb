import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../support/free-port.ts";
import { freshDatabaseUri } from "../support/mongod.ts";
import { Deployment } from "./support/deployment.ts";

const STEPS = 5;

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
        await soon(() => deployment?.isAcknowledged("LedgerWorkflow", id, n));
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
