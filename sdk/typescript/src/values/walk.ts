import { STEP_OUTPUT_BYTES_MAX, WALK_FACTOR } from "./limits.ts";
import { ValueTooLargeError, type ValueUse } from "./errors.ts";

/** How a value is encoded. */
export interface EncodeOptions extends ValueUse {
  /** Largest encoded size. Default {@link STEP_OUTPUT_BYTES_MAX}. */
  readonly bytesMax?: number;
}

/**
 * What a walk over a value may still cost, in bytes that the encoded form is sure to have.
 *
 * A value of 30 arrays can be a billion numbers, if each array holds the one before it twice.
 */
export class Walk {
  readonly #options: EncodeOptions;
  readonly #allowed: number;
  #left: number;

  constructor(options: EncodeOptions) {
    this.#options = options;
    this.#allowed = (options.bytesMax ?? STEP_OUTPUT_BYTES_MAX) * WALK_FACTOR;
    this.#left = this.#allowed;
  }

  /** @throws ValueTooLargeError when it is too much. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) this.check(this.#allowed - this.#left, "at least ");
  }

  /** @throws ValueTooLargeError when so many bytes are more than allowed. */
  check(bytes: number, atLeast = ""): void {
    const { bytesMax = STEP_OUTPUT_BYTES_MAX } = this.#options;
    if (bytes > bytesMax) throw new ValueTooLargeError(bytes, bytesMax, this.#options, atLeast);
  }
}
