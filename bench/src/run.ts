import { join } from "node:path";
import { readDurability } from "./durability/durability.ts";
import { eventLatency } from "./event-latency.ts";
import { fanOut } from "./fan-out.ts";
import { measureLimits } from "./limits/limits.ts";
import { longInstance, veryLongInstance } from "./long-instance.ts";
import { oneStep } from "./one-step.ts";
import type { BenchOptions } from "./options.ts";
import { describeMachine, describeVersions } from "./report/machine.ts";
import type { Progress } from "./report/progress.ts";
import type { StoreReport } from "./report/store-report.ts";
import { summarize } from "./report/summary.ts";
import type { RoundResult } from "./report/summary.ts";
import { THREADS_INHERIT } from "./rig/child.ts";
import { startRig } from "./rig/rig.ts";
import type { ChildSettings } from "./rig/rig.ts";
import { STORE_TITLES } from "./rig/store.ts";
import type { StoreKind } from "./rig/store.ts";
import { hundredAtOnce, oneAtATime } from "./sequential-steps.ts";
import { sleepers } from "./sleepers.ts";
import type { Workload } from "./workload.ts";

export const WORKLOADS: readonly Workload[] = [
  oneAtATime,
  hundredAtOnce,
  oneStep,
  fanOut,
  eventLatency,
  sleepers,
  longInstance,
  veryLongInstance,
];

/** Measures one store: first that it is durable and what the machine can do, then round by round every workload. */
export async function measureStore(
  kind: StoreKind,
  workloads: readonly Workload[],
  options: BenchOptions,
  progress: Progress,
): Promise<StoreReport> {
  const startedAt = new Date().toISOString();
  const store = STORE_TITLES[kind];
  progress.stage(`${store}: reading back how durable writes are`);
  const durability = await readDurability(kind);
  progress.stage(`${store}: measuring what the machine can do`);
  const limits = await measureLimits(kind, options.quick);

  const rounds: RoundResult[] = [];
  let description = "";
  // Rounds outside, workloads inside: a noisy minute then spoils one round of several, not all of one.
  for (let round = 1; round <= options.repeat; round++) {
    for (const workload of workloads) {
      progress.stage(`${store}, ${workload.id}, round ${round} of ${options.repeat}`);
      await using rig = await startRig(kind, (role) => profiling(options, join(`${kind}-${workload.id}`, role)));
      description = rig.description;
      const measurement = await workload.measure({ rig, quick: options.quick, progress });
      rounds.push({ workload: workload.id, round, ...measurement });
    }
  }
  return {
    store: kind,
    description,
    startedAt,
    quick: options.quick,
    machine: describeMachine(import.meta.dirname),
    versions: describeVersions(),
    durability,
    limits,
    summaries: workloads.map(({ id }) =>
      summarize(
        id,
        rounds.filter(({ workload }) => workload === id),
      ),
    ),
    rounds,
  };
}

/** Each process's profiles in a folder of their own: Node names them by time and number only. */
function profiling({ cpuProf }: BenchOptions, name: string): ChildSettings {
  return {
    nodeOptions:
      cpuProf === undefined ? [] : ["--import", THREADS_INHERIT, "--cpu-prof", `--cpu-prof-dir=${join(cpuProf, name)}`],
  };
}
