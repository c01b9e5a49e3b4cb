import type { Reading } from "./workflow.ts";

/** What is kept of the readings of a station, in tenths of a degree. */
export interface StationSummary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** By station. */
export type Extract = Readonly<Record<string, StationSummary>>;

/** What is to be kept of some rows. */
export function summarise(readings: readonly Reading[]): Extract {
  const summaries: Record<string, StationSummary> = {};
  for (const { station, tenths } of readings) {
    const one = { count: 1, sum: tenths, min: tenths, max: tenths };
    summaries[station] = joined(summaries[station], one);
  }
  return summaries;
}

/** Two parts of a data set as one. */
export function merge(a: Extract, b: Extract): Extract {
  const both = { ...a };
  for (const [station, summary] of Object.entries(b)) both[station] = joined(both[station], summary);
  return both;
}

function joined(a: StationSummary | undefined, b: StationSummary): StationSummary {
  if (a === undefined) return b;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}
