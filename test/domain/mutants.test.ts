import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MUTANTS } from "./support/mutants.ts";
import { rulesHold } from "./support/rules-hold.ts";

describe("the properties notice a decide that", () => {
  // A fixed seed: whether a broken rule is noticed is then no matter of luck.
  it.each(MUTANTS)("$breaks", ({ decide, noticed }) => {
    const run = fc.check(rulesHold(decide), { seed: 42, numRuns: 3_000, endOnFailure: true });

    expect(run.failed ? String(run.errorInstance) : "nothing").toMatch(noticed);
  });
});
