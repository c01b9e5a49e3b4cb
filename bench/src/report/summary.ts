import { spreadOf } from "../measure/statistics.ts";
import type { Spread } from "../measure/statistics.ts";
import { ROLES } from "../measure/usage.ts";
import type { Role } from "../measure/usage.ts";
import type { Measurement, WorkloadId } from "../workload.ts";

/** Cores that others may keep busy before a round says more of them than of us. */
const FOREIGN_CORES_MAX = 0.35;

/** One round of one workload. */
export interface RoundResult extends Measurement {
  readonly workload: WorkloadId;
  /** From 1. */
  readonly round: number;
}

/** What the rounds of one workload say together. */
export interface Summary {
  readonly workload: WorkloadId;
  readonly rounds: number;
  /** Rounds that count. */
  readonly kept: number;
  /** Whether no round was quiet, so that the noisy ones had to be kept. */
  readonly noisy: boolean;
  readonly foreignCores: Spread;
  readonly instances: Spread;
  readonly measures: Readonly<Record<string, Spread>>;
  readonly processes: Readonly<Partial<Record<Role, ProcessSummary>>>;
}

export interface ProcessSummary {
  /** Of the time that was measured. */
  readonly cores: Spread;
  /** By instance: a workload without steps has a cost too. */
  readonly cpuMsPerInstance: Spread;
  readonly residentMiB: Spread;
  readonly peakMiB: Spread;
}

/** Drops the rounds in which others were busy, if that leaves any. */
export function summarize(workload: WorkloadId, rounds: readonly RoundResult[]): Summary {
  const quiet = rounds.filter(({ usage }) => usage.foreignCores <= FOREIGN_CORES_MAX);
  const kept = quiet.length > 0 ? quiet : rounds;
  const over = (value: (round: RoundResult) => number) => spreadOf(kept.map(value));
  const measures = Object.keys(kept[0]!.measures).map((key) => [key, over((round) => round.measures[key]!)] as const);
  const processes = ROLES.filter((role) => kept[0]!.usage.processes[role] !== undefined).map((role) => {
    const summary: ProcessSummary = {
      cores: over(({ usage }) => usage.processes[role]!.cpuMs / usage.elapsedMs),
      cpuMsPerInstance: over(({ usage, instances }) => usage.processes[role]!.cpuMs / instances),
      residentMiB: over(({ usage }) => usage.processes[role]!.residentMiB),
      peakMiB: over(({ usage }) => usage.processes[role]!.peakMiB),
    };
    return [role, summary] as const;
  });
  return {
    workload,
    rounds: rounds.length,
    kept: kept.length,
    noisy: quiet.length === 0,
    foreignCores: over(({ usage }) => usage.foreignCores),
    instances: over(({ instances }) => instances),
    measures: Object.fromEntries(measures),
    processes: Object.fromEntries(processes),
  };
}
