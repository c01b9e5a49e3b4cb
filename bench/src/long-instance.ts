import { percentilesOf } from "./measure/statistics.ts";
import { observe } from "./measure/usage.ts";
import { cpuMsOf } from "./measure/rates.ts";
import type { Workload } from "./workload.ts";

/** Steps at either end that are compared. */
const END = 100;

/** Longer than ten thousand steps take on the slowest store. */
const TIMEOUT_MS = 600_000;

const COLUMNS = {
  totalS: "total s",
  msPerStep: "ms per step",
  firstP50Ms: `first ${END} p50 ms`,
  lastP50Ms: `last ${END} p50 ms`,
  growth: "last / first",
  cpuMsPerStep: "CPU ms per step",
} as const;

/** Does a step cost more when a thousand went before it? */
export const longInstance: Workload = {
  id: "W6",
  title: "1,000 sequential steps in one instance",
  columns: COLUMNS,
  async measure({ rig, quick }) {
    const steps = quick ? 2 * END + 1 : 1_000;
    await rig.runToEnd("Long", { steps: quick ? 20 : 500 });
    const { value, usage } = await observe(rig.cast, () => rig.runToEnd("Long", { steps }));
    const times = { totalS: usage.elapsedMs / 1_000, msPerStep: usage.elapsedMs / steps };
    const measures = { ...times, ...endsOf(value), cpuMsPerStep: cpuMsOf(usage) / steps };
    return { instances: 1, steps, usage, measures };
  },
};

/** And when ten thousand did? How long does another worker take to come to where they end? */
export const veryLongInstance: Workload = {
  id: "W7",
  title: "10,000 sequential steps in one instance, then an event that another worker replays them for",
  columns: { ...COLUMNS, replayS: "replay s" },
  async measure({ rig, quick }) {
    const steps = quick ? 2 * END + 1 : 10_000;
    await rig.runToEnd("Long", { steps: quick ? 20 : 500 });
    const { value: instance, usage } = await observe(rig.cast, async () => {
      const created = await rig.create("Long", { steps, waits: true });
      await rig.untilWaiting(created, { everyMs: 50, timeoutMs: TIMEOUT_MS });
      return created;
    });
    await rig.replaceWorker();
    const sentAt = performance.now();
    await instance.sendEvent({ type: "go", payload: null });
    const beginnings = await instance.result();
    const replayS = (performance.now() - sentAt) / 1_000;
    const times = { totalS: usage.elapsedMs / 1_000, msPerStep: usage.elapsedMs / steps };
    const measures = { ...times, ...endsOf(beginnings), cpuMsPerStep: cpuMsOf(usage) / steps, replayS };
    return { instances: 1, steps, usage, measures };
  },
};

/** How long steps took at either end of a run that has said when each began. */
function endsOf(output: unknown) {
  const beginnings = output as readonly number[];
  const durations = beginnings.slice(1).map((at, i) => at - beginnings[i]!);
  const firstP50Ms = percentilesOf(durations.slice(0, END)).p50;
  const lastP50Ms = percentilesOf(durations.slice(-END)).p50;
  return { firstP50Ms, lastP50Ms, growth: lastP50Ms / firstP50Ms };
}
