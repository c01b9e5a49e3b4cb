import type { Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "retries.ts",
  className,
  ...rest,
});

const flaky = (failures: number, limit: number, backoff: string, delay: number | string = 2) => ({
  params: { failures, config: { retries: { limit, delay, backoff } } },
});

const delayAnswer = (what: string, answer: string): Scenario =>
  scenario(`a delay function that answers ${what}`, "AsksForDelay", { params: { answer } });

export const RETRIES: readonly Scenario[] = [
  scenario(
    "an attempt that fails is followed by another until one succeeds",
    "FailsThenSucceeds",
    flaky(2, 3, "constant"),
  ),
  scenario("a limit of 0 allows one attempt", "FailsThenSucceeds", flaky(1, 0, "constant")),
  scenario("a limit of 2 allows three attempts", "FailsThenSucceeds", flaky(2, 2, "linear")),
  scenario("the last attempt's error is the instance's", "FailsThenSucceeds", flaky(9, 2, "exponential")),
  scenario("the last attempt's error can be caught, and run goes on", "CatchesLastFailure", flaky(9, 1, "constant")),
  scenario("a delay may be a duration or a number in a text", "FailsThenSucceeds", flaky(1, 1, "constant", "5")),
  scenario("a delay of 0 retries at once", "FailsThenSucceeds", flaky(2, 2, "exponential", 0)),
  scenario("a fractional limit allows the attempts below it", "FailsThenSucceeds", flaky(9, 1.5, "constant")),
  scenario("retries do not count as uses of the step's name", "KeepsCountOverRetries"),
  scenario("a paused instance goes on with the next attempt", "PausedBetweenAttempts", {
    during: [
      { after: { effect: "flaky-1 attempt 1" }, call: "pause" },
      { after: { status: "paused" }, call: "resume" },
    ],
  }),
  delayAnswer("a number is asked after each failure", "number"),
  delayAnswer("a duration is taken", "duration"),
  delayAnswer("a promise is awaited", "promise"),
  delayAnswer("0 is taken", "zero"),
  delayAnswer("with an error ends the retries", "throws"),
  delayAnswer("a negative number ends the retries", "negative"),
  delayAnswer("NaN ends the retries", "notANumber"),
  delayAnswer("nothing ends the retries", "nothing"),
  delayAnswer("a word ends the retries", "word"),
  delayAnswer("an object ends the retries", "object"),
];
