import { OWN_WORDS } from "../src/comparison.ts";
import type { Move, Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "events.ts",
  className,
  ...rest,
});

const send = (after: Move["after"], type: string, ...payload: readonly unknown[]): Move => ({
  after,
  call: "sendEvent",
  event: payload.length === 0 ? { type } : { type, payload: payload[0] },
});

const PAUSE_AND_RESUME = (effect: string): readonly Move[] => [
  { after: { effect }, call: "pause" },
  { after: { status: "paused" }, call: "resume" },
];

const WAITS = [
  "none",
  "null",
  "noType",
  "dotInType",
  "emptyType",
  "longType",
  "shortTimeout",
  "negativeTimeout",
  "wordTimeout",
];

export const EVENTS: readonly Scenario[] = [
  scenario("an event that comes during the wait ends it", "WaitsOnce", {
    during: [send({ effect: "before-1 attempt 1" }, "go", { n: 1 })],
  }),
  scenario("an event sent right after creation is kept for its wait", "WaitsOnce", {
    during: [send("created", "go", "early")],
  }),
  scenario("an event may have no payload", "WaitsOnce", { during: [send("created", "go")] }),
  scenario("the payload null stays null", "WaitsOnce", { during: [send("created", "go", null)] }),
  scenario("events sent before their waits are taken in the order in which they came", "WaitsLate", {
    during: [send({ effect: "ready for early events" }, "go", 1), send("created", "go", 2), send("created", "open")],
  }),
  scenario("of two waits for one type, the first gets the first event", "WaitsForTwo", {
    during: [send({ effect: "ready" }, "go", 1), send("created", "go", 2)],
  }),
  scenario("events of other types stay for their waits", "WaitsForTypes", {
    during: [send({ effect: "ready" }, "a", 1), send("created", "other", 2), send("created", "b", 3)],
  }),
  scenario("a wait that times out is the instance's error", "WaitTimesOut", { params: { caught: false } }),
  scenario("a wait that timed out takes no event that comes later", "WaitTimesOut", {
    params: { caught: true },
    during: [send({ effect: "timed out" }, "go", "late")],
  }),
  scenario("a wait that timed out has timed out in a replay too", "ReplaysTimeout", {
    during: [...PAUSE_AND_RESUME("timed out"), send("created", "go")],
  }),
  scenario("an event ends one wait only, also after a pause", "ConsumesOnce", {
    during: [send("created", "go", 1), ...PAUSE_AND_RESUME("first came"), send("created", "go", 2)],
    differences: [
      {
        because: "eventOnce",
        perdure: { output: ["1", "2"].map((payload) => ({ type: "go", payload, timestampIsDate: true })) },
      },
    ],
  }),
  scenario("an event that comes during a pause is kept", "WaitsOnce", {
    during: [
      { after: { effect: "before-1 attempt 1" }, call: "pause" },
      send({ status: "paused" }, "go", "kept"),
      { after: "created", call: "resume" },
    ],
  }),
  scenario("a wait that lost a race takes the next event", "LoserStandsInLine", {
    during: [send({ effect: "raced" }, "go", 1)],
  }),
  scenario("an event for a finished instance is refused", "WaitsOnce", {
    during: [send("created", "go"), send({ status: "complete" }, "go")],
    differences: [
      {
        because: "finishedTakesNoEvent",
        perdure: { answers: ["ok", "ok", { name: OWN_WORDS, message: OWN_WORDS }] },
      },
    ],
  }),
  scenario("a wait refuses options that are not of the documented form", "WaitsInEveryForm", {
    differences: [
      {
        because: "refusesWhatIsNoWait",
        perdure: { output: Object.fromEntries(WAITS.map((kind) => [kind, "refused"])) },
      },
    ],
  }),
];
