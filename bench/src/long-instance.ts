import { percentilesOf } from "./measure/statistics.ts";
import { observe } from "./measure/usage.ts";
import { cpuMsOf } from "./measure/rates.ts";
import type { Workload } from "./workload.ts";

/** Steps at either end that are compared. */
const END = 100;

/** Does a step cost more when a thousand went before it? */
export const longInstance: Workload = {
  id: "W6",
  title: "1,000 sequential steps in one instance",
  columns: {
    totalS: "total s",
    msPerStep: "ms per step",
    firstP50Ms: `first ${END} p50 ms`,
    lastP50Ms: `last ${END} p50 ms`,
    growth: "last / first",
    cpuMsPerStep: "CPU ms per step",
  },
  async measure({ rig, quick }) {
    const steps = quick ? 2 * END + 1 : 1_000;
    await rig.runToEnd("Long", { steps: quick ? 20 : 500 });
    const { value: beginnings, usage } = await observe(rig.cast, async () => {
      const output = await rig.runToEnd("Long", { steps });
      return output as readonly number[];
    });

    const durations = beginnings.slice(1).map((at, i) => at - beginnings[i]!);
    const firstP50Ms = percentilesOf(durations.slice(0, END)).p50;
    const lastP50Ms = percentilesOf(durations.slice(-END)).p50;
    return {
      instances: 1,
      steps,
      usage,
      measures: {
        totalS: usage.elapsedMs / 1_000,
        msPerStep: usage.elapsedMs / steps,
        firstP50Ms,
        lastP50Ms,
        growth: lastP50Ms / firstP50Ms,
        cpuMsPerStep: cpuMsOf(usage) / steps,
      },
    };
  },
};
