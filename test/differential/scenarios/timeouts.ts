import type { Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "timeouts.ts",
  className,
  ...rest,
});

export const TIMEOUTS: readonly Scenario[] = [
  scenario("an attempt that takes too long is followed by another", "Slow", {
    params: { slow: 1, limit: 1 },
    until: "attempt 1 came to its end",
  }),
  scenario("the timeout of the last attempt is the instance's error", "Slow", {
    params: { slow: 2, limit: 1 },
    until: "attempt 2 came to its end",
  }),
  scenario("a timeout can be caught, and run goes on", "CatchesTimeout"),
  scenario("a timeout is for one attempt, not for all together", "TimeoutIsPerAttempt"),
];
