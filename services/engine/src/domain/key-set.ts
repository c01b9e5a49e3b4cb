/**
 * A growing set of texts that can be forked: a decision adds to its fork, and only a decision that was
 * written is settled into the shared base. So deciding costs nothing that grows with the journal.
 */
export class KeySet {
  readonly #base: Set<string>;
  readonly #added: Set<string>;

  constructor(base: Set<string> = new Set(), added: Set<string> = new Set()) {
    this.#base = base;
    this.#added = added;
  }

  has(key: string): boolean {
    return this.#base.has(key) || this.#added.has(key);
  }

  add(key: string): void {
    this.#added.add(key);
  }

  fork(): KeySet {
    return new KeySet(this.#base, new Set(this.#added));
  }

  /** Makes what was added part of the base. Forks made before must not be used after. */
  settle(): void {
    for (const key of this.#added) this.#base.add(key);
    this.#added.clear();
  }
}
