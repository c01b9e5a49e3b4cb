import { OWN_WORDS } from "../src/comparison.ts";
import type { Move, Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "values.ts",
  className,
  ...rest,
});

const REPLAY: readonly Move[] = [
  { after: { effect: "waiting" }, call: "pause" },
  { after: { status: "paused" }, call: "resume" },
  { after: "created", call: "sendEvent", event: { type: "go" } },
];

const ODD_KINDS = {
  partOfBuffer: "Uint8Array [2, 3] in 2 bytes",
  dataView: "DataView [2, 3] in 2 bytes",
  protoKey: "{__proto__: {polluted: true}, a: 1}",
  namedError: "Error NamedError: own class code=42",
} as const;

const refusal = (kind: string, what: string, rest: Partial<Scenario> = {}): Scenario =>
  scenario(`a step that returns ${what} is refused`, "CatchesRefusal", { params: { kind }, ...rest });

/** The model's sentence, followed by the place in the value. */
const IN_OWN_WORDS: Partial<Scenario> = {
  differences: [{ because: "ownWords", perdure: { error: { name: "WorkflowFatalError", message: OWN_WORDS } } }],
};

const outputRefusal = (kind: string, what: string): Scenario =>
  scenario(`run that returns ${what} is refused`, "OutputsRefused", {
    params: { kind },
    differences: [{ because: "ownWords", perdure: { error: { name: "DataCloneError", message: OWN_WORDS } } }],
  });

export const VALUES: readonly Scenario[] = [
  scenario("a step returns every plain kind of value as it was", "ReturnsEachKind"),
  scenario("a step returns errors with class, name and message", "ReturnsErrors"),
  scenario("every plain kind of value is the same after a replay", "ReplaysEachKind", {
    params: { odd: false },
    during: REPLAY,
  }),
  scenario("views, odd keys and own errors come back whole", "ReturnsOddKinds", {
    differences: [{ because: "ownBytesOnly", perdure: { output: ODD_KINDS } }],
  }),
  scenario("views, odd keys and own errors are whole after a replay", "ReplaysEachKind", {
    params: { odd: true },
    during: REPLAY,
    differences: [{ because: "oddKeyIsKept", perdure: { output: ODD_KINDS } }],
  }),
  scenario("the output in the status is the JSON form of what run returned", "OutputsEachKind"),
  refusal("function", "a function", IN_OWN_WORDS),
  refusal("functionInside", "an object with a function inside", IN_OWN_WORDS),
  refusal("rpcTarget", "an RpcTarget", IN_OWN_WORDS),
  refusal("proxy", "a Proxy", IN_OWN_WORDS),
  refusal("response", "a Response", IN_OWN_WORDS),
  refusal("classInstance", "an instance of an own class"),
  refusal("nullPrototype", "an object without prototype"),
  refusal("url", "a URL"),
  refusal("symbol", "a symbol"),
  refusal("symbolInside", "an object with a symbol inside"),
  refusal("weakMap", "a WeakMap"),
  refusal("promiseInside", "an object with a promise inside"),
  refusal("circular", "a circular object", {
    differences: [
      {
        because: "circularIsNoClone",
        perdure: {
          output: { caught: "DataCloneError" },
          effects: ["refused-1 attempt 1", "refused-1 attempt 2"],
          attempts: { "refused-1": [1, 2] },
        },
      },
    ],
  }),
  outputRefusal("function", "a function"),
  outputRefusal("classInstance", "an instance of an own class"),
];
