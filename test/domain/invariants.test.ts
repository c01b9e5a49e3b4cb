import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../services/engine/src/domain/decide.ts";
import { rulesHold } from "./support/rules-hold.ts";
import { SEEDED } from "./support/seeded.ts";

describe("whatever callers, workers, clocks and the hostile do to an instance", () => {
  it("the rules hold, its journal alone leads to its state, and it can be brought to its end", () => {
    const run = fc.check(rulesHold(decide), { numRuns: 1_000, includeErrorInReport: true, ...SEEDED });

    expect(fc.defaultReportMessage(run)).toBeUndefined();
  });
});
