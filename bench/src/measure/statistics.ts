import { max, medianSorted, min, quantileSorted } from "simple-statistics";

/** A figure over several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {Error} of no values: a workload that measured nothing has failed. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values);
  return { median: medianSorted(sorted), min: min(sorted), max: max(sorted) };
}

/** What half of the values, and 99 of 100, do not exceed. @throws {Error} of no values. */
export function percentilesOf(values: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = ascending(values);
  return { p50: quantileSorted(sorted, 0.5), p99: quantileSorted(sorted, 0.99) };
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
