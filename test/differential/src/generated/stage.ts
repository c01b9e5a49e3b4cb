import type { Entry, StageBinding } from "./program.ts";

/** The outside's end of one instance: who called, who is held, and what was told of it. Whoever waits is called at each change. */
export class Stage implements StageBinding {
  readonly #attempts = new Map<string, number[]>();
  readonly #held = new Map<string, () => void>();
  readonly #changed = new Set<() => void>();
  #pass = 1;
  #told: ToldEvent[] = [];

  async enter({ step, attempt, stays }: Entry): Promise<void> {
    const key = `${this.#pass} ${step}`;
    this.#attempts.set(key, [...(this.#attempts.get(key) ?? []), attempt]);
    if (stays === "no") return;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (stays === "held") this.#held.set(key, resolve);
    this.#change();
    await promise;
  }

  tell(event: ToldEvent): void {
    this.#told.push(event);
    this.#change();
  }

  /** What is told from now on is of another run. */
  restart(): void {
    this.#pass += 1;
    this.#told = [];
  }

  holds(pass: number, step: string): boolean {
    return this.#held.has(`${pass} ${step}`);
  }

  open(pass: number, step: string): void {
    this.#held.get(`${pass} ${step}`)?.();
  }

  get told(): readonly ToldEvent[] {
    return this.#told;
  }

  /** Attempt numbers of the callbacks called, by pass and step. */
  get attempts(): Readonly<Record<string, readonly number[]>> {
    return Object.fromEntries([...this.#attempts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Resolves once it is so. Rejects with the signal's reason. */
  async until(reached: () => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => void (reached() && resolve());
    const giveUp = (): void => reject(signal.reason as Error);
    this.#changed.add(look);
    signal.addEventListener("abort", giveUp);
    look();
    try {
      await promise;
    } finally {
      this.#changed.delete(look);
      signal.removeEventListener("abort", giveUp);
    }
  }

  #change(): void {
    for (const look of this.#changed) look();
  }
}

/** An event of `subscribe` as it is compared: values in it are described. */
export interface ToldEvent {
  readonly type: string;
  /** In ms since 1970; not compared. */
  readonly at: number;
  readonly stepName?: string;
  readonly [field: string]: unknown;
}
