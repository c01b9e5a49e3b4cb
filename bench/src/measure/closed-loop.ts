/** Callers that each begin the next call when their last has returned. */
export interface ClosedLoop {
  readonly calls: number;
  readonly concurrency: number;
  /** No call begins after this. */
  readonly msMax: number;
}

/** Makes the calls and says how long each took, in milliseconds. Ends early when one fails. */
export async function callInLoop(
  { calls, concurrency, msMax }: ClosedLoop,
  call: (index: number) => Promise<void>,
): Promise<number[]> {
  const latencies: number[] = [];
  const end = performance.now() + msMax;
  let next = 0;
  const caller = async () => {
    while (next < calls && performance.now() < end) {
      const index = next++;
      const start = performance.now();
      await call(index);
      latencies.push(performance.now() - start);
    }
  };
  const callers = Array.from({ length: Math.min(concurrency, calls) }, () =>
    caller().catch((error: unknown) => {
      next = calls;
      throw error;
    }),
  );
  await Promise.all(callers);
  return latencies;
}
