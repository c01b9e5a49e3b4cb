import { isDeepStrictEqual } from "node:util";
import type { Observation, Outcome } from "./observation.ts";
import type { Scenario } from "./scenario.ts";

/** Stands in an expected error for whatever words the engine finds. */
export const OWN_WORDS = "(in the engine's own words)";

const FIELDS = ["status", "output", "error", "answers", "effects", "attempts"] as const satisfies (keyof Observation)[];

/** What Perdure is to show in a scenario, given what was observed in miniflare. */
export function expectedOf(scenario: Scenario, observed: Observation): Observation {
  return Object.assign({}, observed, ...(scenario.differences ?? []).map(({ perdure }) => perdure)) as Observation;
}

/** One line for each field in which two observations differ. */
export function mismatches(expected: Observation, actual: Observation): readonly string[] {
  return FIELDS.filter((field) => !isSame(expected[field], actual[field])).map(
    (field) => `${field}: expected ${JSON.stringify(expected[field])}, seen ${JSON.stringify(actual[field])}`,
  );
}

/** One line for each way in which Perdure does not do what it is to do, given what was observed in miniflare. */
export function wrongsOf(scenario: Scenario, observed: Observation, actual: Outcome): readonly string[] {
  const found = "failed" in actual ? [actual.failed] : mismatches(expectedOf(scenario, observed), actual);
  return found.map((line) => `${scenario.name}: ${line}`);
}

/** Fields named by a difference in which there is none (any more). */
export function staleDifferences(scenario: Scenario, observed: Observation): readonly string[] {
  return (scenario.differences ?? []).flatMap(({ because, perdure }) =>
    FIELDS.filter((field) => field in perdure && isDeepStrictEqual(perdure[field], observed[field])).map(
      (field) => `${scenario.name}: ${because} names ${field}, which is the same`,
    ),
  );
}

function isSame(expected: unknown, actual: unknown): boolean {
  return isDeepStrictEqual(withOwnWords(expected, actual), actual);
}

/** Puts the words that were found into the places where any are right. */
function withOwnWords(expected: unknown, actual: unknown): unknown {
  if (expected === OWN_WORDS && typeof actual === "string" && actual !== "") return actual;
  if (typeof expected !== "object" || expected === null) return expected;
  const found = (key: string): unknown =>
    typeof actual === "object" && actual !== null ? Reflect.get(actual, key) : undefined;
  if (Array.isArray(expected)) return expected.map((item, index) => withOwnWords(item, found(String(index))));
  return Object.fromEntries(Object.entries(expected).map(([key, item]) => [key, withOwnWords(item, found(key))]));
}
