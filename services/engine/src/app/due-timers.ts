import { nameText, type InstanceName } from "../domain/name.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Cancel, Clock } from "./clock.ts";

/** Instances kept for the near future. More are found by the scan at their time. */
const TIMERS_MAX = 20_000;

/** The near future of the ready index, so that a timer of some milliseconds takes just those. */
export class DueTimers {
  readonly #clock: Clock;
  readonly #onDue: (name: InstanceName, readyAt: EpochMs) => void;
  readonly #timers = new Map<string, { readonly readyAt: EpochMs; readonly cancel: Cancel }>();

  constructor(clock: Clock, onDue: (name: InstanceName, readyAt: EpochMs) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  set(name: InstanceName, readyAt: EpochMs): void {
    const key = nameText(name);
    const known = this.#timers.get(key);
    if (known?.readyAt === readyAt) return;
    known?.cancel();
    this.#timers.delete(key);
    if (this.#timers.size >= TIMERS_MAX) return;
    const cancel = this.#clock.after(readyAt - this.#clock.now(), () => {
      this.#timers.delete(key);
      // A machine's timer may come a moment early; an instance's never does.
      if (this.#clock.now() < readyAt) this.set(name, readyAt);
      else this.#onDue(name, readyAt);
    });
    this.#timers.set(key, { readyAt, cancel });
  }

  clear(): void {
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
