import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../support/free-port.ts";
import { freshDatabaseUri } from "../support/mongod.ts";
import { Deployment } from "./support/deployment.ts";

const STEPS = 3;

let folder: string;
let deployment: Deployment | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-rollback-"));
});
afterEach(async () => {
  await deployment?.close();
  await rm(folder, { recursive: true, force: true });
});

async function soon(condition: () => unknown): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 30_000, interval: 5 });
}

const STORES = {
  SQLite: async () => `sqlite:${join(folder, "rollback.db")}`,
  MongoDB: () => freshDatabaseUri(),
};

// Invariants 1, 2 and 3, of what undoes steps.
describe.each(Object.keys(STORES) as (keyof typeof STORES)[])("on %s", (store) => {
  it("a rollback ends though worker and engine are killed inside every handler", async () => {
    deployment = new Deployment(folder, await STORES[store](), await freePort());
    const { client, ledger } = deployment;
    await deployment.startEngine();
    deployment.startWorker();
    for (let n = 1; n <= STEPS; n++) deployment.hold(n);
    const instance = await client.workflow("SagaWorkflow").create({ params: { ledger, steps: STEPS } });
    const callsWhenUndone: [number, number][] = [];
    for (let n = STEPS; n >= 1; n--) {
      await soon(() => (deployment?.calls("enter", n) ?? 0) > 0);
      await deployment.kill("worker");
      await deployment.kill("engine");
      deployment.release(n);
      await soon(() => deployment?.isAcknowledged("SagaWorkflow", instance.id, n, StepKind.ROLLBACK));
      callsWhenUndone.push([n, deployment.calls("enter", n)]);
    }

    expect(await instance.waitForEnd()).toEqual({
      status: "errored",
      error: { name: "RangeError", message: "sold out" },
      output: null,
      rollback: { outcome: "complete", error: null },
    });
    const undone = readFileSync(ledger, "utf8").match(/(?<=leave )\d/g) ?? [];
    expect([...new Set(undone)]).toEqual(["3", "2", "1"]);
    expect(callsWhenUndone.map(([n]) => [n, deployment?.calls("enter", n)])).toEqual(callsWhenUndone);
  }, 180_000);
});
