import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Reading } from "./workflow.ts";

const STATIONS = ["Akureyri", "Bergen", "Cork", "Dakar", "Essaouira", "Fez", "Galway", "Hobart"] as const;

/** How many reads are answered at once, as by a pool of connections, and how long each takes. */
const CONNECTIONS = 25;
const READ_MS = 60;

/** A data set that is computed, always the same, by a database that is not fast. It writes down what it was asked. */
export class Readings {
  readonly #book: string;
  #free = CONNECTIONS;
  readonly #queue: (() => void)[] = [];

  /** @param book A file: a line for each read, with its first row. */
  constructor(book: string) {
    this.#book = book;
  }

  async read(from: number, count: number): Promise<readonly Reading[]> {
    await this.#connect();
    try {
      await mkdir(dirname(this.#book), { recursive: true });
      await appendFile(this.#book, `${from}\n`);
      await delay(READ_MS);
      return Array.from({ length: count }, (_, index) => reading(from + index));
    } finally {
      this.#disconnect();
    }
  }

  async #connect(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  /** Whoever waits has it next. */
  #disconnect(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** Row n. The multiplier spreads neighbours over stations and temperatures. */
export function reading(row: number): Reading {
  const mixed = Math.imul(row + 1, 0x9e3779b1) >>> 0;
  const station = mixed >>> 29;
  return { station: STATIONS[station]!, tenths: ((mixed >>> 8) % 400) - 100 + station * 10 };
}
