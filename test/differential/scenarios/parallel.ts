import type { Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "parallel.ts",
  className,
  anyOrder: true,
  ...rest,
});

export const PARALLEL: readonly Scenario[] = [
  scenario("Promise.all gives the results in the order of its steps", "All"),
  scenario("Promise.all rejects with the first failure, and the others run on", "AllWithFailure", {
    until: "slow ended",
  }),
  scenario("Promise.allSettled gives results and failures", "AllSettled"),
  scenario("Promise.race gives the first result, and the loser runs on", "Race"),
  scenario("a sleep wins a race against a slow step", "RaceAgainstSleep"),
  scenario("Promise.any gives the first success", "AnyOf"),
  scenario("Promise.any without a success gives all failures", "AnyOfNone"),
  scenario("chains of steps run beside each other", "Chains"),
  scenario("twenty parallel steps of one name are counted by the order of their calls", "FanOut"),
  scenario("a race inside a step has the same winner after a replay", "ReplaysRace", {
    during: [
      { after: { effect: "raced" }, call: "pause" },
      { after: { status: "paused" }, call: "resume" },
      { after: "created", call: "sendEvent", event: { type: "go" } },
    ],
  }),
  scenario("a pause waits for the last of the parallel steps, whose results stay", "PausedInParallel", {
    during: [
      { after: { effect: "b-1 attempt 1" }, call: "pause" },
      { after: { status: "paused" }, call: "resume" },
    ],
  }),
];
