import type { Durability } from "../durability/durability.ts";
import type { Limit } from "../limits/limit.ts";
import type { StoreKind } from "../rig/store.ts";
import type { Machine, Versions } from "./machine.ts";
import type { RoundResult, Summary } from "./summary.ts";

/** All that a run found about one store: what a results file holds. */
export interface StoreReport {
  readonly store: StoreKind;
  /** "sqlite", "mongodb 6.0.5": as the engine names it. */
  readonly description: string;
  readonly startedAt: string;
  /** Small sizes: shows that everything runs, not how fast. */
  readonly quick: boolean;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly durability: Durability;
  readonly limits: readonly Limit[];
  readonly summaries: readonly Summary[];
  readonly rounds: readonly RoundResult[];
}
