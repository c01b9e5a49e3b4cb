import type { Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "sleeping.ts",
  className,
  ...rest,
});

export const SLEEPING: readonly Scenario[] = [
  scenario("a sleep answers undefined, and the steps around it run once", "Sleeps"),
  scenario("a sleep takes milliseconds and durations, and returns at once for none", "SleepsInEveryForm"),
  scenario("a sleep refuses what is not a duration", "SleepsBadly", {
    differences: [
      {
        because: "refusesWhatIsNoDuration",
        perdure: {
          output: { nothing: true, null: true, word: true, unitWithoutSpace: true, notANumber: true, object: true },
        },
      },
    ],
  }),
  scenario("one name may be used for many sleeps", "SleepsUnderOneName"),
  scenario("sleepUntil takes a date or milliseconds", "SleepsUntil"),
  scenario("sleepUntil a time in the past is the instance's error", "SleepsUntilThePast", {
    params: { caught: false },
  }),
  scenario("sleepUntil a time in the past can be caught", "SleepsUntilThePast", { params: { caught: true } }),
  scenario("sleepUntil refuses what is not a time", "SleepsUntilBadly"),
  scenario("a finished sleepUntil is finished in a replay too", "ReplaysSleepUntil", {
    during: [
      { after: { effect: "awake" }, call: "pause" },
      { after: { status: "paused" }, call: "resume" },
      { after: "created", call: "sendEvent", event: { type: "go" } },
    ],
    differences: [
      { because: "sleepUntilIsJournaled", perdure: { status: "complete", output: "went on", error: null } },
    ],
  }),
  scenario("a sleep goes on after a pause", "PausedAsleep", {
    during: [
      { after: { effect: "before-1 attempt 1" }, call: "pause" },
      { after: { status: "paused" }, call: "resume" },
    ],
  }),
];
