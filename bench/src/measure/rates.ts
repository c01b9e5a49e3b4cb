import type { Usage } from "./usage.ts";

/** CPU time of all processes together. */
export function cpuMsOf(usage: Usage): number {
  return Object.values(usage.processes).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** How many a second. */
export function perSecond(count: number, elapsedMs: number): number {
  return (count / elapsedMs) * 1_000;
}
