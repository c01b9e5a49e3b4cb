import { defineConfig } from "vitest/config";

/** What starts processes, writes to disks or waits for wakes: it runs after everything that answers at once. */
const SLOW = ["test/store/**", "test/cli/**", "test/end-to-end/**", "test/tooling/**"].map(
  (folder) => `${folder}/*.test.ts`,
);

export default defineConfig({
  test: {
    // Here and not in the projects: each would run it again.
    globalSetup: "test/support/mongod-broker.ts",
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: SLOW,
          sequence: { groupOrder: 0 },
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "slow",
          include: SLOW,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
