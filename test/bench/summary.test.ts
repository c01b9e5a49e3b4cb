import { describe, expect, it } from "vitest";
import { summarize } from "../../bench/src/report/summary.ts";
import type { RoundResult } from "../../bench/src/report/summary.ts";

function aRound(round: number, stepsPerS: number, foreignCores: number): RoundResult {
  const engine = { cpuMs: 500, residentMiB: 90, peakMiB: 100 + round };
  const usage = { elapsedMs: 1_000, foreignCores, processes: { engine } };
  return { workload: "W1b", round, instances: 10, steps: 100, usage, measures: { stepsPerS } };
}

describe("the summary of a workload's rounds", () => {
  it("leaves out the rounds in which others kept the machine busy", () => {
    const rounds = [aRound(1, 900, 0.125), aRound(2, 400, 0.9), aRound(3, 1_100, 0.25)];

    expect(summarize("W1b", rounds)).toMatchObject({
      rounds: 3,
      kept: 2,
      noisy: false,
      foreignCores: { median: 0.1875, min: 0.125, max: 0.25 },
      measures: { stepsPerS: { median: 1_000, min: 900, max: 1_100 } },
    });
  });

  it("keeps noisy rounds and says so when no other exists", () => {
    expect(summarize("W1b", [aRound(1, 400, 0.9), aRound(2, 500, 1.2)])).toMatchObject({
      rounds: 2,
      kept: 2,
      noisy: true,
      measures: { stepsPerS: { median: 450 } },
    });
  });

  it("says what each process cost: cores of the time measured, CPU time by instance, memory", () => {
    expect(summarize("W1b", [aRound(1, 900, 0)]).processes).toEqual({
      engine: {
        cores: { median: 0.5, min: 0.5, max: 0.5 },
        cpuMsPerInstance: { median: 50, min: 50, max: 50 },
        residentMiB: { median: 90, min: 90, max: 90 },
        peakMiB: { median: 101, min: 101, max: 101 },
      },
    });
  });
});
