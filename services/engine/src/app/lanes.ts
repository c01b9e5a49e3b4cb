/** Lets one call at a time through for each key, in the order of their coming; keys do not wait for each other. */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  async run<T>(key: string, call: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const { promise: done, resolve: leave } = Promise.withResolvers<void>();
    this.#tails.set(key, done);
    try {
      if (before !== undefined) await before;
      return await call();
    } finally {
      if (this.#tails.get(key) === done) this.#tails.delete(key);
      leave();
    }
  }
}
