import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { perSecond } from "../measure/rates.ts";
import type { Limit } from "./limit.ts";

const BLOCK = Buffer.alloc(4_096, "p");

/** What one log on this disk can do: append 4 KiB, wait until it is durable, and again. */
export function measureDisk(file: string, ms: number): Limit {
  const descriptor = openSync(file, "a");
  const start = performance.now();
  let appends = 0;
  let elapsedMs = 0;
  while (elapsedMs < ms) {
    writeSync(descriptor, BLOCK);
    fdatasyncSync(descriptor);
    appends++;
    elapsedMs = performance.now() - start;
  }
  closeSync(descriptor);
  return {
    what: "append of 4 KiB and fdatasync, one after the other",
    perS: perSecond(appends, elapsedMs),
    unit: "appends/s",
  };
}
