import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import type { Configuration } from "./test/behaviour/support/configuration.ts";

// Tests start hundreds of processes of the same code: with it compiled they are up in two thirds of the time.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/node");

/** What `expect.poll` waits for at most, in milliseconds: a second is too short for a machine that does much else. */
const POLL = { poll: { timeout: 15_000 } };

/** What answers at once. Everything else starts processes, writes to disks or waits for wakes, and runs after it. */
const FAST = ["test/*.test.ts", "test/{app,domain,rpc,sdk}/**/*.test.ts"];

/** The same behaviours on every store, with workers of every fate. */
const BEHAVIOUR = ["test/behaviour/*.test.ts"];
const STORES = ["memory", "sqlite", "mongodb"] as const satisfies readonly Configuration["store"][];
const WORKERS = ["normal", "evicted", "killed"] as const satisfies readonly Configuration["worker"][];

export default defineConfig({
  test: {
    // Here and not in the projects: each would run it again.
    globalSetup: "test/support/mongod-broker.ts",
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "fast",
          include: FAST,
          expect: POLL,
          sequence: { groupOrder: 0 },
          testTimeout: 20_000,
        },
      },
      ...STORES.flatMap((store) => WORKERS.map((worker) => behaviourOn({ store, worker }))),
      {
        test: {
          name: "slow",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...FAST, ...BEHAVIOUR],
          expect: POLL,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

function behaviourOn(behaviour: Configuration) {
  const inMemory = behaviour.store === "memory";
  return {
    test: {
      name: `behaviour ${behaviour.store} ${behaviour.worker}`,
      include: BEHAVIOUR,
      setupFiles: "test/behaviour/support/setup.ts",
      expect: POLL,
      provide: { behaviour },
      // Files leave nothing behind that another could see.
      isolate: false,
      sequence: { groupOrder: inMemory ? 0 : 1 },
      testTimeout: inMemory ? 20_000 : 120_000,
      hookTimeout: 120_000,
    },
  };
}
