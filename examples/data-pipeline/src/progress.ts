const BAR_WIDTH = 40;
/** Lines between none and all. */
const LINES = 10;

/** Tells how far it is, in a line for each tenth. */
export class Progress {
  readonly #all: number;
  readonly #say: (text: string) => void;
  #done = 0;

  constructor(all: number, say: (text: string) => void) {
    this.#all = all;
    this.#say = say;
  }

  /** Says so when a tenth, or several at once, are full. */
  add(done: number): void {
    const before = this.#tenths();
    this.#done += done;
    if (this.#tenths() === before) return;
    const full = Math.floor((this.#done / this.#all) * BAR_WIDTH);
    this.#say(`${"█".repeat(full).padEnd(BAR_WIDTH, "░")}  ${this.#done} of ${this.#all} chunks`);
  }

  #tenths(): number {
    return Math.floor((this.#done / this.#all) * LINES);
  }
}
