import type { Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "steps.ts",
  className,
  ...rest,
});

const defaultContext = (name: string, timeout: string) => ({
  step: { name, count: 1 },
  attempt: 1,
  config: { retries: { limit: 5, delay: 10_000, backoff: "exponential" }, timeout },
});

export const STEPS: readonly Scenario[] = [
  scenario("steps run one after another, each with the results before it", "Sequence", { params: { start: 20 } }),
  scenario("run without steps completes", "NoSteps"),
  scenario("run that returns nothing has the output null", "ReturnsNothing"),
  scenario("a synchronous callback and an absent config are accepted", "LooseCallbacks"),
  scenario("a callback is told its step, attempt and whole config", "Contexts"),
  scenario("a config that is not given is the default one", "DefaultConfigs", {
    differences: [
      {
        because: "documentedRetryDelay",
        perdure: {
          output: {
            none: defaultContext("none", "10 minutes"),
            timeoutOnly: defaultContext("timeout only", "1 minute"),
          },
        },
      },
    ],
  }),
  scenario("run is told payload, time, id and workflow", "DescribesItsEvent", {
    params: { a: [1, "two", null] },
    id: "Order_7-b",
  }),
  scenario("params left out are an empty object", "DescribesItsEvent"),
  scenario("params null stay null", "DescribesItsEvent", { params: null }),
  scenario("params may be a string", "DescribesItsEvent", { params: "text" }),
  scenario("params may be a number", "DescribesItsEvent", { params: 0 }),
  scenario("the live result of a step is a clone", "ReturnsOwnObject"),
  scenario("a step inside a callback is a step of its own", "Nested"),
  scenario("a step inside a retried callback is called again under the next count", "NestedRetried"),
  scenario("params and event are synonyms of payload and type", "Synonyms", {
    params: { key: "k" },
    during: [{ after: "created", call: "sendEvent", event: { type: "approved" } }],
    differences: [{ because: "synonyms", perdure: { output: { params: { key: "k" }, approved: true } } }],
  }),
];
