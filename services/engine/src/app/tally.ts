import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** Between two looks: a count may read an index entry for each of what it counts. */
const LOOK_PAUSE_MS = SECOND_MS;

export interface TallyParts {
  readonly max: number;
  /** What the store has now; need not count further than `max`. */
  readonly count: () => Promise<number>;
  /** How many may be added here before it is worth a look, for how many are free; null: it was never looked. */
  readonly addedUnseen: (free: number | null) => number;
  readonly clock: Clock;
  readonly log: Log;
}

/** How many there are of something that is bounded, as far as this replica knows: counted at a look, and what it did since. */
export class Tally {
  readonly #parts: TallyParts;
  #counted: number | null = null;
  #change = 0;
  #added = 0;
  #lookedAt: EpochMs = -Infinity;
  #looking: Promise<void> | null = null;
  #onLooked: () => void = () => {};

  constructor(parts: TallyParts) {
    this.#parts = parts;
  }

  /** Calls after each look. */
  onLooked(call: () => void): void {
    this.#onLooked = call;
  }

  get count(): number {
    return (this.#counted ?? 0) + this.#change;
  }

  add(): void {
    this.#change += 1;
    this.#added += 1;
  }

  remove(): void {
    this.#change -= 1;
  }

  /** Whether another one fits. Has a look begin, and does not wait for it, when one is due. */
  hasRoom(): boolean {
    const { max, addedUnseen } = this.#parts;
    const free = this.#counted === null ? null : max - this.#counted;
    const full = this.count >= max;
    if (this.#maySee && (full || this.#added >= addedUnseen(free))) void this.look().catch(() => {});
    return !full;
  }

  /** The same, after the look that is under way where there is none as far as is known. */
  async hasRoomNow(): Promise<boolean> {
    if (this.hasRoom()) return true;
    await this.#looking;
    return this.count < this.#parts.max;
  }

  /** Resolves when the last look is not old. @throws {EngineError} STORE_UNAVAILABLE. */
  async freshen(): Promise<void> {
    await (this.#maySee ? this.look() : this.#looking);
  }

  /** @throws {EngineError} STORE_UNAVAILABLE. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  get #maySee(): boolean {
    return this.#looking === null && this.#parts.clock.now() - this.#lookedAt >= LOOK_PAUSE_MS;
  }

  async #look(): Promise<void> {
    const { count, clock, log } = this.#parts;
    const change = this.#change;
    this.#lookedAt = clock.now();
    this.#added = 0;
    try {
      this.#counted = await count();
      // What was done before the look is in what it saw.
      this.#change -= change;
    } catch (error) {
      log.warn({ error }, "count failed: the one before is believed");
      throw error;
    }
    this.#onLooked();
  }
}
