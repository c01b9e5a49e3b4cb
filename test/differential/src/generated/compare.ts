import { isDeepStrictEqual } from "node:util";
import type { ProgramOutcome } from "./crew.ts";

const FIELDS = ["status", "output", "error", "answers", "attempts", "tracks"] as const;

/** One line for each field and track in which two outcomes of a program differ. */
export function programMismatches(expected: ProgramOutcome, actual: ProgramOutcome): readonly string[] {
  const failures = [failureOf("miniflare", expected), failureOf("Perdure", actual)].filter(
    (text) => text !== undefined,
  );
  if ("failed" in expected || "failed" in actual) return failures;
  return FIELDS.flatMap((field) =>
    field === "tracks" || field === "attempts"
      ? partsThatDiffer(field, expected[field], actual[field])
      : isDeepStrictEqual(expected[field], actual[field])
        ? []
        : [difference(field, expected[field], actual[field])],
  );
}

function partsThatDiffer(
  field: string,
  expected: Readonly<Record<string, readonly unknown[]>>,
  actual: Readonly<Record<string, readonly unknown[]>>,
): readonly string[] {
  const parts = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return parts.flatMap((part) => {
    const [was = [], is = []] = [expected[part], actual[part]];
    if (isDeepStrictEqual(was, is)) return [];
    const at = was.findIndex((one, index) => !isDeepStrictEqual(one, is[index]));
    const from = at === -1 ? was.length : at;
    return [difference(`${field}, ${part}, from ${from}`, was.slice(from), is.slice(from))];
  });
}

const difference = (what: string, expected: unknown, actual: unknown): string =>
  `${what}:\n    miniflare ${JSON.stringify(expected)}\n    Perdure   ${JSON.stringify(actual)}`;

const failureOf = (engine: string, outcome: ProgramOutcome): string | undefined =>
  "failed" in outcome ? `${engine}: ${outcome.failed}` : undefined;
