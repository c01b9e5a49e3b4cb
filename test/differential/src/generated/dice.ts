import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Random choices that follow from a seed. */
export class Dice {
  readonly #source: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#source = xoroshiro128plus(seed);
    // The first numbers of neighbouring seeds are alike.
    for (let skipped = 0; skipped < 8; skipped += 1) this.#source.next();
  }

  /** A whole number, both bounds included. */
  from(min: number, max: number): number {
    return uniformInt(this.#source, min, max);
  }

  /** True this many times in a hundred. */
  chance(percent: number): boolean {
    return this.from(1, 100) <= percent;
  }

  pick<T>(choices: readonly [T, ...T[]]): T;
  pick<T>(choices: readonly T[]): T;
  pick<T>(choices: readonly T[]): T {
    return choices[this.from(0, choices.length - 1)]!;
  }

  /** One of the keys, each as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Partial<Record<Key, number>>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    let rest = this.from(
      1,
      entries.reduce((sum, [, weight]) => sum + weight, 0),
    );
    for (const [key, weight] of entries) {
      rest -= weight;
      if (rest <= 0) return key;
    }
    throw new Error("weights are whole numbers above 0");
  }
}
