/** A place in a callback where a test holds it up, and sees that it got there. */
export class Gate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();

  /** Resolves when somebody stands at it. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** Stands at it until it is opened. */
  pass(): Promise<void> {
    this.#reached.resolve();
    return this.#opened.promise;
  }

  open(): void {
    this.#opened.resolve();
  }
}
