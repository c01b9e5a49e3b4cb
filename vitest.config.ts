import { configDefaults, defineConfig } from "vitest/config";

/** What answers at once. Everything else starts processes, writes to disks or waits for wakes, and runs after it. */
const FAST = ["test/*.test.ts", "test/{app,domain,rpc,sdk}/**/*.test.ts"];

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
          sequence: { groupOrder: 0 },
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "slow",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...FAST],
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
