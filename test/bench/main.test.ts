import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { StoreReport } from "../../bench/src/report/store-report.ts";
import { WORKLOAD_IDS } from "../../bench/src/workload.ts";

const MAIN = join(import.meta.dirname, "..", "..", "bench", "src", "main.ts");

it(
  "measures every workload on SQLite with real processes, as a table and as JSON",
  { timeout: 300_000 },
  async ({ signal }) => {
    const folder = await mkdtemp(join(tmpdir(), "perdure-bench-"));
    try {
      const json = join(folder, "results.json");
      const flags = ["--quick", "--store", "sqlite", "--json", json];
      const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...flags], { signal });
      const reports = JSON.parse(await readFile(json, "utf8")) as readonly StoreReport[];

      expect(reports).toHaveLength(1);
      const { store, durability, limits, rounds, summaries } = reports[0]!;
      expect({ store, durability }).toEqual({ store: "sqlite", durability: { journalMode: "wal", synchronous: 2 } });
      expect(limits.map(({ perS }) => perS > 0)).toEqual(Array(5).fill(true));
      expect(summaries.map(({ workload, kept }) => [workload, kept])).toEqual(WORKLOAD_IDS.map((id) => [id, 1]));
      const found = rounds.map(({ workload, instances, usage, measures }) => ({
        workload,
        counted: instances > 0,
        processes: Object.keys(usage.processes),
        // JSON makes null of what is no number.
        measured: Object.values(measures).every(Number.isFinite),
      }));
      expect(found).toEqual(
        WORKLOAD_IDS.map((workload) => ({
          workload,
          counted: true,
          processes: ["engine", "worker", "client"],
          measured: true,
        })),
      );
      for (const id of WORKLOAD_IDS)
        expect(stdout).toMatch(new RegExp(`^${id}: .+\\n\\n.+\\n.+\\n\\| Perdure, SQLite +\\| 1/1`, "mu"));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
