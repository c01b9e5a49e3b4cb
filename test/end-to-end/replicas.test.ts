import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "perdure/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child } from "../support/child.ts";
import { freePort } from "../support/free-port.ts";
import { freshDatabaseUri } from "../support/mongod.ts";

const ENGINE = "services/engine/src/main.ts";
const CLI = "cli/src/main.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-replicas-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function anEngine(store: string): Promise<{ readonly url: string; readonly process: Child }> {
  const listen = `127.0.0.1:${await freePort()}`;
  const process = Child.node(ENGINE, ["--listen", listen, "--store", store, "--lease", "3 seconds"]);
  await process.printed(/engine serves/);
  return { url: `http://${listen}`, process };
}

// Invariants 1, 5 and 10.
describe("two replicas on one MongoDB", () => {
  it("finish what was created at either, also when the replica and the worker that had it are killed", async () => {
    const store = await freshDatabaseUri();
    const a = await anEngine(store);
    const b = await anEngine(store);
    await using engineA = a.process;
    await using engineB = b.process;
    const worker = (url: string) => Child.node(CLI, ["worker", "test/end-to-end/fixtures/ledger.ts", "--engine", url]);
    const clientA = createClient({ engine: a.url });
    const clientB = createClient({ engine: b.url });

    const ledger = join(folder, "ledger");
    await writeFile(ledger, "");
    await writeFile(`${ledger}.hold-3`, "");
    await using workerA = worker(a.url);
    // Created at B, run by the worker of A.
    const { id } = await clientB.workflow("LedgerWorkflow").create({ params: { ledger, steps: 5 } });
    for await (const { record } of clientA.instances.watch("LedgerWorkflow", id)) {
      const started = record?.entries.some(
        ({ entry }) => entry.case === "stepStarted" && entry.value.key?.name === "step 3",
      );
      if (started) break;
    }
    await engineA.kill();
    await workerA.kill();
    await rm(`${ledger}.hold-3`);

    await using workerB = worker(b.url);
    const instance = await clientB.workflow<unknown, number[]>("LedgerWorkflow").get(id);
    expect(await instance.result()).toEqual([1, 4, 9, 16, 25]);
    expect(await workerB.stop()).toBe(0);
    expect(await engineB.stop()).toBe(0);
    clientA.close();
    clientB.close();
  });
});
