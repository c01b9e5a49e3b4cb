import type { Difference, Scenario } from "../src/scenario.ts";

const thrown = (name: string, className: string, kind: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "errors.ts",
  className,
  params: { thrown: kind },
  ...rest,
});

const KINDS = {
  error: "an Error",
  typeError: "a TypeError",
  rangeError: "a RangeError",
  syntaxError: "a SyntaxError",
  referenceError: "a ReferenceError",
  emptyError: "an Error without a message",
  ownClass: "an error of an own class",
  unnamedClass: "an error of an own class without a name",
  aggregateError: "an AggregateError",
  domException: "a DOMException",
  string: "a string",
  undefined: "undefined",
  null: "null",
  number: "a number",
  object: "an object",
  nonRetryable: "a NonRetryableError",
  emptyNonRetryable: "a NonRetryableError without a message",
  namedNonRetryable: "a NonRetryableError of another name",
  nameOfNonRetryable: "an Error with the name NonRetryableError",
  messageOfNonRetryable: "an Error whose message begins with NonRetryableError",
} as const;

type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

const once: Difference = {
  because: "neverRetried",
  perdure: { effects: ["thrower-1 attempt 1"], attempts: { "thrower-1": [1] } },
};
const messageIsText: Difference = {
  because: "messageIsText",
  perdure: { error: { name: "Error", message: "#<Object>" } },
};

/** By class of the workflow, then by kind of what is thrown. */
const DIFFERENT: Readonly<Record<string, Readonly<Partial<Record<Kind, Difference>>>>> = {
  CatchesFromStep: { namedNonRetryable: once },
  ThrowsFromStep: { namedNonRetryable: once, object: messageIsText },
  ThrowsFromRun: { object: messageIsText },
};

function fromKind(kind: Kind, className: string, what: string): Scenario {
  const difference = DIFFERENT[className]?.[kind];
  return thrown(
    `${KINDS[kind]} ${what}`,
    className,
    kind,
    difference === undefined ? {} : { differences: [difference] },
  );
}

export const ERRORS: readonly Scenario[] = [
  ...kinds.flatMap((kind) => [
    fromKind(kind, "CatchesFromStep", "thrown in a step is caught in run"),
    fromKind(kind, "ThrowsFromStep", "thrown in a step and not caught is the instance's error"),
    fromKind(kind, "ThrowsFromRun", "thrown in run is the instance's error"),
  ]),
  // Not with a NonRetryableError: once one was caught, the local engine's pause never comes to its end.
  ...(["typeError", "ownClass"] as const).map((kind) =>
    thrown(`${KINDS[kind]} thrown in a step is caught again after a replay`, "RethrowsAfterReplay", kind, {
      during: [
        { after: { effect: "waiting" }, call: "pause" },
        { after: { status: "paused" }, call: "resume" },
        { after: "created", call: "sendEvent", event: { type: "go" } },
      ],
    }),
  ),
  { name: "a class without run fails", module: "errors.ts", className: "WithoutRun" },
  { name: "a class whose run is a property fails", module: "errors.ts", className: "RunIsProperty" },
];
