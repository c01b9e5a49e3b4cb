import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StoreReport } from "./store-report.ts";

const RESULTS = join(import.meta.dirname, "..", "..", "results");

/** Writes what is kept: a file for each store and day. @returns their paths. */
export async function keepResults(reports: readonly StoreReport[]): Promise<readonly string[]> {
  return Promise.all(
    reports.map(async (report) => {
      const path = join(RESULTS, `${report.startedAt.slice(0, 10)}-${report.store}.json`);
      await writeJson(path, report);
      return path;
    }),
  );
}

/** Writes to a file of the caller's choice: an array of reports. */
export async function writeReports(path: string, reports: readonly StoreReport[]): Promise<void> {
  await writeJson(path, reports);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(value, roundedNumbers, 2)}\n`);
}

/** Microseconds of a millisecond are noise, and make files unreadable. */
function roundedNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
