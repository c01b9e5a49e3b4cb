import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "perdure";
import { createClient } from "perdure/client";
import { serve } from "perdure/worker";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../services/engine/src/app/engine-app.ts";
import { systemClock } from "../../services/engine/src/platform/clock.ts";
import { DEFAULT_CONFIG } from "../../services/engine/src/platform/config.ts";
import { createLogger } from "../../services/engine/src/platform/logger.ts";
import { ReadinessProbe } from "../../services/engine/src/rpc/readiness.ts";
import { createServer } from "../../services/engine/src/rpc/server.ts";
import { openStore } from "../../services/engine/src/store/open.ts";
import { freshDatabaseUri } from "../support/mongod.ts";

class Steps extends WorkflowEntrypoint<unknown, { readonly steps: number }> {
  override async run(event: WorkflowEvent<{ readonly steps: number }>, step: WorkflowStep) {
    let sum = 0;
    for (let n = 1; n <= event.payload.steps; n++) sum += await step.do(`step ${n}`, () => Promise.resolve(n));
    return sum;
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-writes-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const STORES = {
  memory: async () => "memory:",
  SQLite: async () => `sqlite:${join(folder, "writes.db")}`,
  MongoDB: freshDatabaseUri,
};

/** Runs one instance with a waiting worker, and returns what was written from its creation until all is on disk. */
async function writesOf(url: string, steps: number): Promise<{ readonly heads: number; readonly journal: number }> {
  const written = { heads: 0, journal: 0, removals: 0, sessions: 0, blobs: 0, workflows: 0, slots: 0 };
  const store = await openStore(url, { onWritten: (collection, documents) => void (written[collection] += documents) });
  const log = createLogger({ level: "silent", format: "json" });
  const app = createApp({ store, clock: systemClock, log, config: DEFAULT_CONFIG });
  const { callers, workers, workflows } = app;
  const probe = new ReadinessProbe(() => store.ping());
  const port = createServer({ callers, workers, workflows, probe, log, tls: null, origins: [] });
  app.start();
  const engine = `http://127.0.0.1:${(await port.listen("127.0.0.1", 0)).port}`;
  const worker = serve({ engine, workflows: [Steps] });
  await worker.ready;
  const client = createClient({ engine });
  // The first instance finds the worker's poll open.
  const instance = await client.workflow<{ steps: number }, number>("Steps").create({ params: { steps } });
  expect(await instance.result()).toBe((steps * (steps + 1)) / 2);
  await worker.stop();
  client.close();
  app.drain();
  await port.close(1_000);
  await app.close();
  await store.close();
  return { heads: written.heads, journal: written.journal };
}

describe.each(Object.keys(STORES) as (keyof typeof STORES)[])("an instance on %s", (store) => {
  it("of ten sequential steps costs ten records, its head's insertion and one update", async () => {
    expect(await writesOf(await STORES[store](), 10)).toEqual({ heads: 2, journal: 10 });
  });

  it("of one step costs one record, its head's insertion and one update", async () => {
    expect(await writesOf(await STORES[store](), 1)).toEqual({ heads: 2, journal: 1 });
  });
});
