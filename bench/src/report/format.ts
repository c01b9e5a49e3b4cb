import type { Spread } from "../measure/statistics.ts";

const SMALL = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const LARGE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Three digits are what rounds of a benchmark agree in. */
export function figure(value: number): string {
  return (Math.abs(value) < 1_000 ? SMALL : LARGE).format(value);
}

const HUNDREDTHS = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Cores kept busy: the kernel counts in hundredths of a second. */
export function cores(value: number): string {
  return HUNDREDTHS.format(value);
}

/** "8.1 [7.9..8.6]", or only the figure when there is no range. */
export function spread({ median, min, max }: Spread, shown: (value: number) => string = figure): string {
  return shown(min) === shown(max) ? shown(median) : `${shown(median)} [${shown(min)}..${shown(max)}]`;
}
