import type { Spread } from "../measure/statistics.ts";

const SMALL = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const LARGE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Three digits are what rounds of a benchmark agree in. */
export function figure(value: number): string {
  return (Math.abs(value) < 1_000 ? SMALL : LARGE).format(value);
}

/** "8.1 [7.9..8.6]", or only the figure when there was one round. */
export function spread({ median, min, max }: Spread): string {
  return min === max ? figure(median) : `${figure(median)} [${figure(min)}..${figure(max)}]`;
}
