import { measureInstances } from "./instances-in-loop.ts";
import type { Workload } from "./workload.ts";

const STEPS = 10;

/** What do ten steps cost a caller who waits? */
export const oneAtATime: Workload = {
  id: "W1a",
  title: "ten sequential steps, one instance at a time, from create to the result at the caller",
  columns: { p50Ms: "p50 ms", p99Ms: "p99 ms", cpuMsPerStep: "CPU ms per step" },
  measure(round) {
    const size = round.quick ? { warmUp: 3, calls: 10 } : { warmUp: 50, calls: 200 };
    return measureInstances(round, { workflow: "Sequential", steps: STEPS, concurrency: 1, msMax: 8_000, ...size });
  },
};

/** How many steps a second does the machine do? */
export const hundredAtOnce: Workload = {
  id: "W1b",
  title: "ten sequential steps, 100 instances at once",
  columns: {
    stepsPerS: "steps/s",
    instancesPerS: "instances/s",
    p50Ms: "p50 ms",
    p99Ms: "p99 ms",
    cpuMsPerStep: "CPU ms per step",
  },
  measure(round) {
    const size = round.quick ? { warmUp: 20, calls: 100 } : { warmUp: 500, calls: 5_000 };
    return measureInstances(round, { workflow: "Sequential", steps: STEPS, concurrency: 100, msMax: 8_000, ...size });
  },
};
