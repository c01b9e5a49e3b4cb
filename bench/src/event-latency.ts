import { callInLoop } from "./measure/closed-loop.ts";
import { percentilesOf } from "./measure/statistics.ts";
import { observe } from "./measure/usage.ts";
import { cpuMsOf } from "./measure/rates.ts";
import type { Round, Workload } from "./workload.ts";

/** How soon after an event was sent has the instance that waited for it completed, as its caller sees it? */
export const eventLatency: Workload = {
  id: "W4",
  title: "an event is sent to a waiting instance, which then completes; one at a time",
  columns: { p50Ms: "p50 ms", p99Ms: "p99 ms" },
  async measure(round) {
    const { rig, quick, progress } = round;
    const once = { concurrency: 1, msMax: 8_000 };
    const calls = quick ? 10 : 200;
    await callInLoop({ ...once, calls: quick ? 2 : 20 }, async () => void (await sendAndWait(round)));
    const latencies: number[] = [];
    const { usage } = await observe(rig.cast, () =>
      callInLoop({ ...once, calls }, async (index) => {
        latencies.push(await sendAndWait(round));
        progress.step(index, calls);
      }),
    );
    const { p50, p99 } = percentilesOf(latencies);
    const instances = latencies.length;
    return {
      instances,
      steps: 0,
      usage,
      measures: { p50Ms: p50, p99Ms: p99, cpuMsPerInstance: cpuMsOf(usage) / instances },
    };
  },
};

/** Milliseconds from the call that sends to the result, which the caller was already waiting for. */
async function sendAndWait({ rig }: Round): Promise<number> {
  const instance = await rig.create("WaitForGo", {});
  await rig.untilWaiting(instance);
  const ended = instance.result();
  const start = performance.now();
  await instance.sendEvent({ type: "go" });
  await ended;
  return performance.now() - start;
}
