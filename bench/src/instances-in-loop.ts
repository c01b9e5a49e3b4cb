import { callInLoop } from "./measure/closed-loop.ts";
import type { ClosedLoop } from "./measure/closed-loop.ts";
import { percentilesOf } from "./measure/statistics.ts";
import { observe } from "./measure/usage.ts";
import type * as workflows from "./workflows.ts";
import { cpuMsOf, perSecond } from "./measure/rates.ts";
import type { Measurement, Round } from "./workload.ts";

export interface InstanceLoop extends ClosedLoop {
  readonly workflow: keyof typeof workflows;
  /** Steps of each instance. */
  readonly steps: number;
  /** Instances before the clock runs: for compilers, caches and connections. */
  readonly warmUp: number;
}

/** Runs instances from create to the result at the caller, and answers with every measure that a loop has. */
export async function measureInstances({ rig, progress }: Round, loop: InstanceLoop): Promise<Measurement> {
  const { workflow, steps, warmUp } = loop;
  const run = async () => void (await rig.runToEnd(workflow, { steps }));
  await callInLoop({ ...loop, calls: warmUp }, run);
  const { value: latencies, usage } = await observe(rig.cast, () =>
    callInLoop(loop, async (index) => {
      await run();
      progress.step(index, loop.calls);
    }),
  );

  const instances = latencies.length;
  const { p50, p99 } = percentilesOf(latencies);
  return {
    instances,
    steps: instances * steps,
    usage,
    measures: {
      p50Ms: p50,
      p99Ms: p99,
      instancesPerS: perSecond(instances, usage.elapsedMs),
      stepsPerS: perSecond(instances * steps, usage.elapsedMs),
      cpuMsPerInstance: cpuMsOf(usage) / instances,
      cpuMsPerStep: cpuMsOf(usage) / (instances * steps),
    },
  };
}
