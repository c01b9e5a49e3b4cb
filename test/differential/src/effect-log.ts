import type { Attempt, Recorder } from "./recorder.ts";

/** Gathers on the outside what the callbacks of one scenario record. */
export class EffectLog implements Recorder {
  readonly #effects: string[] = [];
  readonly #attempts = new Map<string, number[]>();

  // oxlint-disable-next-line typescript/require-await -- the workflows' binding is asynchronous, this end of it need not be
  async attempt({ step, attempt }: Attempt): Promise<void> {
    const key = `${step.name}-${step.count}`;
    this.#attempts.set(key, [...(this.#attempts.get(key) ?? []), attempt]);
    this.#effects.push(`${key} attempt ${attempt}`);
  }

  async record(effect: string): Promise<void> {
    this.#effects.push(effect);
  }

  /** How often it was recorded. */
  times(effect: string): number {
    return this.#effects.filter((one) => one === effect).length;
  }

  get effects(): readonly string[] {
    return this.#effects;
  }

  /** Sorted by step, since steps that run at once begin in any order. */
  get attempts(): Readonly<Record<string, readonly number[]>> {
    return Object.fromEntries([...this.#attempts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
