import type { Usage } from "./measure/usage.ts";
import type { Progress } from "./report/progress.ts";
import type { Rig } from "./rig/rig.ts";

export const WORKLOAD_IDS = ["W1a", "W1b", "W2", "W3", "W4", "W5", "W6", "W7"] as const;
export type WorkloadId = (typeof WORKLOAD_IDS)[number];

/** One question, asked of one store in rounds. */
export interface Workload {
  readonly id: WorkloadId;
  /** The question, in the words of a table's title. */
  readonly title: string;
  /** The measures and what a table's column says of each, unit last. */
  readonly columns: Readonly<Record<string, string>>;
  /** Asks once, of an engine and a worker that have just started on an empty store. */
  measure(round: Round): Promise<Measurement>;
}

export interface Round {
  readonly rig: Rig;
  /** Whether it only has to run, in a second or two. */
  readonly quick: boolean;
  readonly progress: Progress;
}

/** What one round found. */
export interface Measurement {
  /** Over how many instances, without the warm-up. */
  readonly instances: number;
  /** Steps that were done while `usage` was taken. */
  readonly steps: number;
  readonly usage: Usage;
  /** One for each column. */
  readonly measures: Readonly<Record<string, number>>;
}
