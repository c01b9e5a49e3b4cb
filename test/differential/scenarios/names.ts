import type { Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "names.ts",
  className,
  ...rest,
});

export const NAMES: readonly Scenario[] = [
  scenario("uses of a name are counted from 1, each name for itself", "CountsLoops"),
  scenario("a name that looks like another's key is a name of its own", "NamesLikeKeys"),
  scenario("a step, a sleep and a wait may have one name", "OneNameForAll", {
    during: [{ after: "created", call: "sendEvent", event: { type: "go", payload: 1 } }],
  }),
  scenario("names of up to 256 UTF-16 units without control characters are taken", "OddNames"),
  scenario("a name that is undefined is refused", "NamesThatAreNot"),
  scenario("counts begin anew in a replay, so that finished steps are found", "NamesAfterReplay", {
    during: [
      { after: { effect: "waiting" }, call: "pause" },
      { after: { status: "paused" }, call: "resume" },
      { after: "created", call: "sendEvent", event: { type: "go" } },
    ],
  }),
];
