import { SECOND_MS, type EpochMs } from "../domain/time.ts";

/** So many a second, and as many at once after a second without any. Counts in thousandths, which come with each ms whole. */
export class TokenBucket {
  readonly #perSecond: number;
  #thousandths: number;
  #filledAt: EpochMs;

  constructor(perSecond: number, now: EpochMs) {
    this.#perSecond = perSecond;
    this.#thousandths = perSecond * SECOND_MS;
    this.#filledAt = now;
  }

  /** How long until there is a token, in ms; 0: now. */
  waitMs(now: EpochMs): number {
    const come = Math.max(0, now - this.#filledAt) * this.#perSecond;
    this.#thousandths = Math.min(this.#perSecond * SECOND_MS, this.#thousandths + come);
    this.#filledAt = now;
    return Math.max(0, Math.ceil((SECOND_MS - this.#thousandths) / this.#perSecond));
  }

  /** Only when there is one. */
  take(): void {
    this.#thousandths -= SECOND_MS;
  }
}
