import type { StoreKind } from "../rig/store.ts";
import type { WorkloadId } from "../workload.ts";

/** What Perdure means to reach on a machine with two cores that all processes share. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

type Goals = Readonly<Record<string, Goal>>;

export const GOALS: Readonly<Record<WorkloadId, Readonly<Record<StoreKind, Goals>>>> = {
  W1a: { sqlite: { p50Ms: { atMost: 8 } }, mongodb: { p50Ms: { atMost: 25 } } },
  W1b: { sqlite: { stepsPerS: { atLeast: 8_000 } }, mongodb: { stepsPerS: { atLeast: 4_000 } } },
  W2: { sqlite: { instancesPerS: { atLeast: 2_200 } }, mongodb: { instancesPerS: { atLeast: 1_100 } } },
  W3: { sqlite: { p50Ms: { atMost: 12 } }, mongodb: { p50Ms: { atMost: 20 } } },
  W4: { sqlite: { p50Ms: { atMost: 2 } }, mongodb: { p50Ms: { atMost: 5 } } },
  W5: {
    sqlite: { createdPerS: { atLeast: 5_000 }, lateP99Ms: { atMost: 1_000 }, serverKiB: { atMost: 0.5 } },
    mongodb: { createdPerS: { atLeast: 3_000 }, lateP99Ms: { atMost: 2_000 }, serverKiB: { atMost: 0.5 } },
  },
  W6: {
    sqlite: { msPerStep: { atMost: 0.6 }, growth: { atMost: 1.1 } },
    mongodb: { msPerStep: { atMost: 2.2 }, growth: { atMost: 1.1 } },
  },
  W7: {
    sqlite: { growth: { atMost: 1.2 }, replayS: { atMost: 2 } },
    mongodb: { growth: { atMost: 1.2 }, replayS: { atMost: 2 } },
  },
};

export function isMet(goal: Goal, value: number): boolean {
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}
