import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again. @returns whether the answer was yes within `msMax`. */
export async function comesTrue(everyMs: number, msMax: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + msMax;
  while (!(await isSo())) {
    if (performance.now() > end) return false;
    await sleep(everyMs);
  }
  return true;
}

/** Asks again and again until the answer is yes. @throws {Error} naming what was waited for, after `msMax`. */
export async function until(what: string, everyMs: number, msMax: number, isSo: () => Promise<boolean>): Promise<void> {
  if (!(await comesTrue(everyMs, msMax, isSo))) throw new Error(`${what}: not within ${msMax} ms`);
}
