import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is yes. @throws {Error} naming what was waited for, after `msMax`. */
export async function until(what: string, everyMs: number, msMax: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + msMax;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${msMax} ms`);
    await sleep(everyMs);
  }
}
