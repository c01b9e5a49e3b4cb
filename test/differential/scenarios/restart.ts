import type { Move, Moment, Scenario } from "../src/scenario.ts";

const restarts = (name: string, during: readonly Move[], className = "Stages"): Scenario => ({
  name,
  module: "restart.ts",
  className,
  during,
});

const complete: Moment = { status: "complete" };
const go = (payload: number, after: Moment = "created"): Move => ({
  after,
  call: "sendEvent",
  event: { type: "go", payload },
});
const from = (after: Moment, step: unknown): Move => ({ after, call: "restart", options: { from: step } });
/** The step before the wait runs, so that all before it is journaled. */
const ready = (times: number): Moment => ({ effect: "ready-1 attempt 1", times });

/** Asked of a finished instance; nothing is restarted. */
const UNKNOWN = {
  "another name": { name: "nobody" },
  "a count that was not reached": { name: "looped", count: 3 },
  "another type": { name: "nap" },
  "the count 0": { name: "first", count: 0 },
  "a name with its count": { name: "looped-2" },
  "no name": {},
} as const;

export const RESTART: readonly Scenario[] = [
  restarts("a finished instance begins again with its first step", [
    go(1),
    from(complete, { name: "first" }),
    go(2, ready(2)),
  ]),
  restarts("a finished instance begins again with the second step of a name", [
    go(1),
    from(complete, { name: "looped", count: 2 }),
  ]),
  restarts("a finished instance begins again with the first step of a name", [
    go(1),
    from(complete, { name: "looped", type: "do" }),
  ]),
  restarts("a finished instance begins again with a sleep", [
    go(1),
    from(complete, { name: "nap", type: "sleep" }),
    go(2, ready(2)),
  ]),
  restarts("a finished instance begins again with a wait, which takes a new event", [
    go(1),
    from(complete, { name: "wait", type: "waitForEvent" }),
    go(2, { status: "running" }),
  ]),
  restarts("a waiting instance begins again with a step", [from(ready(1), { name: "middle" }), go(1, ready(2))]),
  restarts("an instance begins again with a step twice", [
    go(1),
    from(complete, { name: "looped", count: 2 }),
    from({ effect: "looped-2 attempt 1", times: 2 }, { name: "looped" }),
  ]),
  restarts("a terminated instance begins again with a step", [
    { after: ready(1), call: "terminate" },
    from({ status: "terminated" }, { name: "middle" }),
    go(1, ready(2)),
  ]),
  restarts("a paused instance begins again with a step", [
    { after: ready(1), call: "pause" },
    from({ status: "paused" }, { name: "middle" }),
    go(1, ready(2)),
  ]),
  restarts(
    "an errored instance begins again with the step that failed",
    [
      from({ status: "errored" }, { name: "failing" }),
      { after: { effect: "failing-1 attempt 2", times: 2 }, call: "resume" },
    ],
    "FailsLast",
  ),
  restarts(
    "a sibling that started later is done again",
    [from(complete, { name: "left" }), { after: { effect: "last-1 attempt 1", times: 2 }, call: "resume" }],
    "Siblings",
  ),
  restarts(
    "a sibling that started before is kept",
    [from(complete, { name: "right" }), { after: { effect: "last-1 attempt 1", times: 2 }, call: "resume" }],
    "Siblings",
  ),
  ...Object.entries(UNKNOWN).map(([what, step]) =>
    restarts(`an instance cannot begin again with ${what}`, [go(1), from(complete, step)]),
  ),
];
