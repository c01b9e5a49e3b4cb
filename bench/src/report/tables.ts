import { markdownTable } from "markdown-table";
import { ROLES } from "../measure/usage.ts";
import { STORE_TITLES } from "../rig/store.ts";
import type { Workload } from "../workload.ts";
import { cores, figure, spread } from "./format.ts";
import { GOALS, isMet } from "./goals.ts";
import type { Goal } from "./goals.ts";
import { PEERS, PEERS_NOTE } from "./peers.ts";
import type { StoreReport } from "./store-report.ts";
import type { Summary } from "./summary.ts";

const QUICK_NOTE = "Small sizes, cold processes: this shows that everything runs, not how fast.";

/** The whole report in Markdown: a table for each workload, then what it cost, then what the machine can do. */
export function tables(workloads: readonly Workload[], reports: readonly StoreReport[]): string {
  return [
    ...(reports.some(({ quick }) => quick) ? [QUICK_NOTE] : []),
    ...workloads.map((workload) => workloadTable(workload, reports)),
    `Cells: median [min..max] of the kept rounds. ${PEERS_NOTE}`,
    resourceTable(reports),
    limitTable(reports),
    ...reports.map(
      ({ description, durability }) => `${description}: ${JSON.stringify(durability)}, as read back from it.`,
    ),
  ].join("\n\n");
}

function workloadTable({ id, title, columns }: Workload, reports: readonly StoreReport[]): string {
  const keys = Object.keys(columns);
  const rows = reports.flatMap((report) => {
    const summary = report.summaries.find(({ workload }) => workload === id);
    if (summary === undefined) return [];
    const measured = keys.map((key) => spread(summary.measures[key]!));
    const goals: Readonly<Record<string, Goal>> = GOALS[id][report.store];
    const aims = keys.map((key) => {
      const goal = goals[key];
      return goal === undefined ? "" : aim(goal, summary.measures[key]!.median);
    });
    const store = STORE_TITLES[report.store];
    return [
      [`Perdure, ${store}`, roundsOf(summary), ...measured],
      [`goal, ${store}`, "", ...aims],
    ];
  });
  const peers = PEERS[id].map(({ peer, rounds, cells }) => [
    `${peer} *`,
    rounds,
    ...keys.map((key) => cells[key] ?? ""),
  ]);
  const head = ["", "rounds", ...Object.values(columns)];
  return `${id}: ${title}\n\n${rightAligned([head, ...rows, ...peers], 2)}`;
}

/** "3/4", and a mark when none of them was quiet. */
function roundsOf({ kept, rounds, noisy }: Summary): string {
  return `${kept}/${rounds}${noisy ? " noisy" : ""}`;
}

function aim(goal: Goal, value: number): string {
  const bound = "atMost" in goal ? `≤ ${figure(goal.atMost)}` : `≥ ${figure(goal.atLeast)}`;
  return `${bound} ${isMet(goal, value) ? "met" : "missed"}`;
}

function resourceTable(reports: readonly StoreReport[]): string {
  const head = ["", "n", "foreign cores", "process", "CPU ms per instance", "cores", "MiB now", "MiB peak"];
  const rows = reports.flatMap(({ store, summaries }) =>
    summaries.flatMap((summary) => {
      const of = [
        `${summary.workload}, ${STORE_TITLES[store]}`,
        figure(summary.instances.median),
        spread(summary.foreignCores, cores),
      ];
      return ROLES.flatMap((role) => {
        const usage = summary.processes[role];
        if (usage === undefined) return [];
        // What is said of the workload is said in its first row only.
        const first = of.splice(0);
        const [cpuMs, busy] = [figure(usage.cpuMsPerInstance.median), cores(usage.cores.median)];
        const [now, peak] = [figure(usage.residentMiB.median), figure(usage.peakMiB.median)];
        return [[...(first.length > 0 ? first : ["", "", ""]), role, cpuMs, busy, now, peak]];
      });
    }),
  );
  return `What it cost, medians\n\n${markdownTable([head, ...rows], { align: ["l", "r", "r", "l", "r", "r", "r", "r"] })}`;
}

function limitTable(reports: readonly StoreReport[]): string {
  const rows = reports.flatMap(({ store, limits }) =>
    limits.map(({ what, perS, unit }) => [what, `${figure(perS)} ${unit}`, `in the run of ${STORE_TITLES[store]}`]),
  );
  return `What this machine can do\n\n${markdownTable([["", "measured", ""], ...rows], { align: ["l", "r", "l"] })}`;
}

/** Texts in the first columns are read from the left, figures compared from the right. */
function rightAligned(rows: readonly (readonly string[])[], texts: number): string {
  return markdownTable(rows, { align: rows[0]!.map((_, column) => (column < texts ? "l" : "r")) });
}
