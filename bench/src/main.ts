/** Measures Perdure on this machine and prints what it found. */
import { relative } from "node:path";
import { parseOptions } from "./options.ts";
import { profileTables } from "./profile/profile-tables.ts";
import { Progress } from "./report/progress.ts";
import { keepResults, writeReports } from "./report/results-file.ts";
import type { StoreReport } from "./report/store-report.ts";
import { tables } from "./report/tables.ts";
import { measureStore, WORKLOADS } from "./run.ts";

const options = parseOptions(process.argv);
const progress = new Progress(process.stderr);
const workloads = WORKLOADS.filter(({ id }) => options.workloads.includes(id));

const reports: StoreReport[] = [];
for (const store of options.stores) reports.push(await measureStore(store, workloads, options, progress));
progress.done();

console.log(tables(workloads, reports));
if (options.cpuProf !== undefined) console.log(`\n${await profileTables(options.cpuProf)}`);
if (options.json !== undefined) await writeReports(options.json, reports);
else if (!options.quick) {
  const paths = await keepResults(reports);
  console.log(`\nKept in ${paths.map((path) => relative(process.cwd(), path)).join(" and ")}`);
}
