import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { createClient } from "perdure/client";
import { serve } from "perdure/worker";
import { WorkflowEntrypoint, type WorkflowEvent } from "perdure/workflow";
import type { WorkflowStep } from "perdure/workflow-step";
import { expect, it, onTestFinished } from "vitest";
import { startEngine } from "../../services/engine/src/engine.ts";
import { freshDatabaseUri } from "../support/mongod.ts";

const LIMIT = 3;
const INSTANCES = 40;

let inside = 0;
let most = 0;

async function work(event: WorkflowEvent<number>): Promise<number> {
  inside += 1;
  most = Math.max(most, inside);
  await delay((event.payload * 7) % 20);
  inside -= 1;
  return event.payload;
}

class Limited extends WorkflowEntrypoint<object, number> {
  override async run(event: WorkflowEvent<number>, step: WorkflowStep): Promise<number> {
    await step.do("before", () => work(event));
    await step.sleep("give the place back", (event.payload % 3) * 20 + 1);
    return step.do("after", () => work(event));
  }
}

it("never lets more instances run at once than a workflow's limit, over two replicas whose workers come and go", async () => {
  const store = await freshDatabaseUri();
  const log = pino({ level: "silent" });
  const engines = await Promise.all([1, 2].map(() => startEngine({ store, port: 0, leaseMs: 3_000 }, log)));
  onTestFinished(async () => void (await Promise.all(engines.map((engine) => engine.close()))));
  const clients = engines.map(({ url }) => createClient({ engine: url }));
  await clients[0]!.workflows.put("Limited", { concurrencyLimit: LIMIT });
  // Until the other replica has heard of it, which takes a second.
  await expect.poll(async () => (await Array.fromAsync(clients[1]!.workflows.list())).length).toBe(1);
  const worker = (n: number) => serve({ engine: engines[n % 2]!.url, workflows: [Limited], slots: 5, log });
  const workers = [worker(0), worker(1), worker(2)];

  const handles = await Promise.all(
    Array.from({ length: INSTANCES }, (_, n) =>
      clients[n % 2]!.workflow<number, number>("Limited").create({ params: n }),
    ),
  );
  await handles[5]!.result();
  await workers[2]!.stop();
  workers[2] = worker(1);
  const results = await Promise.all(handles.map((handle) => handle.result()));
  await Promise.all(workers.map((each) => each.stop()));
  for (const client of clients) client.close();

  expect(results).toEqual(Array.from({ length: INSTANCES }, (_, n) => n));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(LIMIT);
});
