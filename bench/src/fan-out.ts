import { measureInstances } from "./instances-in-loop.ts";
import type { Workload } from "./workload.ts";

/** What do a hundred steps at once cost a caller who waits? */
export const fanOut: Workload = {
  id: "W3",
  title: "100 parallel steps in one instance, one instance at a time",
  columns: { p50Ms: "p50 ms", p99Ms: "p99 ms", cpuMsPerStep: "CPU ms per step" },
  measure(round) {
    const size = round.quick ? { warmUp: 1, calls: 5 } : { warmUp: 10, calls: 50 };
    return measureInstances(round, { workflow: "FanOut", steps: 100, concurrency: 1, msMax: 8_000, ...size });
  },
};
