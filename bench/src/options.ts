import { Command, InvalidArgumentError, Option } from "commander";
import { STORE_KINDS } from "./rig/store.ts";
import type { StoreKind } from "./rig/store.ts";
import { WORKLOAD_IDS } from "./workload.ts";
import type { WorkloadId } from "./workload.ts";

export interface BenchOptions {
  readonly stores: readonly StoreKind[];
  readonly workloads: readonly WorkloadId[];
  readonly quick: boolean;
  /** Rounds of each workload. */
  readonly repeat: number;
  /** Where the results go instead of bench/results. */
  readonly json: string | undefined;
  /** Where engine and worker leave CPU profiles. */
  readonly cpuProf: string | undefined;
}

const ROUNDS = 3;
const ROUNDS_MAX = 100;

/** Reads the command line; ends the process with a sentence and exit code 1 when it is wrong. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const command = new Command("bench")
    .description("Measures Perdure: engine, store, worker and client as processes of their own on this machine.")
    .addOption(new Option("--store <kind>", "which store").choices([...STORE_KINDS, "all"]).default("all"))
    .addOption(
      new Option("--only <list>", "which workloads, as in W1a,W2")
        .argParser(parseWorkloads)
        .default(WORKLOAD_IDS, "all"),
    )
    .option("--quick", "small sizes and one round: shows that everything runs, not how fast", false)
    .option("--repeat <rounds>", "rounds of each workload", parseRounds)
    .option("--json <file>", "where to write the results instead of bench/results (with --quick: nowhere else)")
    .option("--cpu-prof <folder>", "let engine and worker leave CPU profiles there, and sum them up");
  const values = command.parse(argv).opts<{
    readonly store: StoreKind | "all";
    readonly only: readonly WorkloadId[];
    readonly quick: boolean;
    readonly repeat?: number;
    readonly json?: string;
    readonly cpuProf?: string;
  }>();
  return {
    stores: values.store === "all" ? STORE_KINDS : [values.store],
    workloads: values.only,
    quick: values.quick,
    repeat: values.repeat ?? (values.quick ? 1 : ROUNDS),
    json: values.json,
    cpuProf: values.cpuProf,
  };
}

function parseWorkloads(list: string): readonly WorkloadId[] {
  const asked = list.split(",").map((id) => id.trim().toLowerCase());
  const unknown = asked.find((id) => !WORKLOAD_IDS.some((known) => known.toLowerCase() === id));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is ${WORKLOAD_IDS.join(", ")}.`);
  return WORKLOAD_IDS.filter((id) => asked.includes(id.toLowerCase()));
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX)
    throw new InvalidArgumentError(`A whole number from 1 to ${ROUNDS_MAX}.`);
  return rounds;
}
