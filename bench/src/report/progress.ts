import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";

/** A line is not rewritten more often: a terminal costs CPU that is being measured. */
const REWRITE_MS = 250;

/** Says what is being done: one line that is rewritten on a terminal, a line for each stage elsewhere. */
export class Progress {
  readonly #out: WriteStream;
  #stage = "";
  #writtenAt = 0;

  constructor(out: WriteStream) {
    this.#out = out;
  }

  /** A new thing is being done. */
  stage(text: string): void {
    this.#stage = text;
    if (this.#out.isTTY) this.#rewrite(text);
    else this.#out.write(`${text}\n`);
  }

  /** How far it has come. Only shown where lines are rewritten. */
  step(done: number, all: number): void {
    if (!this.#out.isTTY || performance.now() - this.#writtenAt < REWRITE_MS) return;
    this.#rewrite(`${this.#stage}: ${done.toLocaleString("en")} of ${all.toLocaleString("en")}`);
  }

  /** Leaves the terminal as if nothing had been said. */
  done(): void {
    if (this.#out.isTTY) this.#rewrite("");
  }

  #rewrite(text: string): void {
    this.#writtenAt = performance.now();
    cursorTo(this.#out, 0);
    clearLine(this.#out, 0);
    this.#out.write(text.slice(0, this.#out.columns - 1));
  }
}
