import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { connectEngine, type EngineAddress } from "../../../sdk/typescript/src/transport.ts";
import { serve } from "../../../sdk/typescript/src/worker.ts";
import { Child } from "../../support/child.ts";
import { SILENT } from "./support/memory-engine.ts";
import { workflow } from "./support/world.ts";

const LEASE_MS = 1_500;

/** Each starts processes and blocks for two leases, which takes 10 s where the machine does much else. */
const TEST_MS = 60_000;

async function anEngine(): Promise<string> {
  const child = Child.node(join(import.meta.dirname, "support/engine-process.ts"), [String(LEASE_MS)]);
  onTestFinished(() => child.kill());
  return (await child.printed(/serving (\S+)/))[1]!;
}

/** Nothing else runs in this thread for two leases. */
function block(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * LEASE_MS);
}

/** The attempts at a step that blocks the event loop, as its result has it. */
async function attemptsOfBlocking(url: string, engine: EngineAddress): Promise<number> {
  let attempts = 0;
  const Blocking = workflow((_event, step) =>
    step.do("block", async () => {
      attempts += 1;
      if (attempts === 1) block();
      return attempts;
    }),
  );
  const worker = serve({ engine, workflows: { w: Blocking }, log: SILENT, graceMs: 0 });
  onTestFinished(() => worker.stop());
  await worker.ready;
  const client = createClient({ engine: url });
  onTestFinished(() => client.close());
  const instance = await client.workflow<unknown, number>("w").create();
  return instance.result();
}

describe("a worker whose event loop is blocked for longer than its leases last", () => {
  it(
    "keeps them, as it heartbeats from a thread of its own",
    async () => {
      const url = await anEngine();

      expect(await attemptsOfBlocking(url, url)).toBe(1);
    },
    TEST_MS,
  );

  it(
    "would lose them without that thread",
    async () => {
      const url = await anEngine();
      const connection = connectEngine(url);
      onTestFinished(() => connection.close());

      expect(await attemptsOfBlocking(url, connection.transport)).toBeGreaterThan(1);
    },
    TEST_MS,
  );
});
