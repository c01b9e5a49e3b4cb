import type { EpochMs } from "../domain/time.ts";

/** Where time comes from: the machine, or a test. */
export interface Clock {
  now(): EpochMs;
  /** Calls once after `ms` milliseconds, or never when cancelled before. Does not keep the process alive. */
  after(ms: number, call: () => void): Cancel;
}

export type Cancel = () => void;
