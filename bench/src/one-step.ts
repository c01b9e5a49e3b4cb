import { measureInstances } from "./instances-in-loop.ts";
import type { Workload } from "./workload.ts";

/** How many instances can be started, and ended after one step? */
export const oneStep: Workload = {
  id: "W2",
  title: "create and one step, 200 instances at once",
  columns: { instancesPerS: "instances/s", p50Ms: "p50 ms", p99Ms: "p99 ms", cpuMsPerInstance: "CPU ms per instance" },
  measure(round) {
    const size = round.quick ? { warmUp: 50, calls: 400 } : { warmUp: 1_000, calls: 20_000 };
    return measureInstances(round, { workflow: "Sequential", steps: 1, concurrency: 200, msMax: 8_000, ...size });
  },
};
