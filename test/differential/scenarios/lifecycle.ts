import type { Move, Scenario } from "../src/scenario.ts";

const scenario = (
  name: string,
  className: string,
  during: readonly Move[],
  rest: Partial<Scenario> = {},
): Scenario => ({
  name,
  module: "lifecycle.ts",
  className,
  during,
  ...rest,
});

const GO: Move = { after: "created", call: "sendEvent", event: { type: "go", payload: 1 } };
const ids = { empty: "", dash: "-a", dot: "a.b", space: "a b", accent: "é", long: "i".repeat(101) };

export const LIFECYCLE: readonly Scenario[] = [
  scenario("an instance paused in its work stops after the step and goes on when resumed", "WorksAndWaits", [
    { after: { effect: "work-1 attempt 1" }, call: "pause" },
    { after: { status: "waitingForPause" }, call: "pause" },
    { after: { status: "paused" }, call: "pause" },
    { after: "created", call: "resume" },
    GO,
  ]),
  scenario("a pause that is resumed before it came is no pause", "WorksLong", [
    { after: { effect: "long-1 attempt 1" }, call: "pause" },
    { after: { status: "waitingForPause" }, call: "resume" },
  ]),
  scenario("resuming a running instance changes nothing", "WorksLong", [
    { after: { effect: "long-1 attempt 1" }, call: "resume" },
  ]),
  scenario("a terminated instance does no further step", "WorksAndWaits", [
    { after: { effect: "worked" }, call: "terminate" },
  ]),
  scenario("a paused instance can be terminated", "WorksAndWaits", [
    { after: { effect: "worked" }, call: "pause" },
    { after: { status: "paused" }, call: "terminate" },
  ]),
  scenario("a complete instance cannot be terminated, and pausing or resuming it changes nothing", "WorksAndWaits", [
    GO,
    { after: { status: "complete" }, call: "terminate" },
    { after: "created", call: "pause" },
    { after: "created", call: "resume" },
  ]),
  scenario("an errored instance cannot be terminated, and pausing or resuming it changes nothing", "Fails", [
    { after: { status: "errored" }, call: "terminate" },
    { after: "created", call: "pause" },
    { after: "created", call: "resume" },
  ]),
  scenario(
    "a complete instance that is restarted runs anew with the same params",
    "WorksAndWaits",
    [GO, { after: { status: "complete" }, call: "restart" }, { ...GO, after: { status: "running" } }],
    { params: { kept: true } },
  ),
  scenario("a terminated instance can be restarted", "WorksAndWaits", [
    { after: { effect: "worked" }, call: "terminate" },
    { after: { status: "terminated" }, call: "restart" },
    { ...GO, after: { status: "running" } },
  ]),
  ...Object.entries(ids).map(([kind, id]) =>
    scenario(`an instance id is refused: ${kind}`, "WorksAndWaits", [GO], { id }),
  ),
  scenario("an instance id of 100 characters is taken", "WorksAndWaits", [GO], { id: "Aa0_-".repeat(20) }),
];
