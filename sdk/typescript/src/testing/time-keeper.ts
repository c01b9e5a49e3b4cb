import type { EmbeddedEngine, Moved, OpenTimer } from "@perdure/engine/embedded";
import type { Standstill } from "./standstill.ts";
import type { TestClock } from "./test-clock.ts";

/** Node's own: a test may fake the global one. */
const { setImmediate } = globalThis;

/** How time passes: by itself when all instances wait for it, or only when the test says so. */
export type TimeMode = "skip" | "manual";

export interface TimeKeeperParts {
  readonly engine: EmbeddedEngine;
  readonly clock: TestClock;
  readonly mode: TimeMode;
  readonly standstill: Standstill;
}

/**
 * Moves a test engine's clock from one timer to the next.
 *
 * By itself it jumps when no instance can go on otherwise: to the next retry, and to the next sleep of an instance that
 * does not wait for an event too. Whatever an event may overtake is the test's to decide: it sends the event, or moves
 * the clock.
 */
export class TimeKeeper {
  readonly #engine: EmbeddedEngine;
  readonly #clock: TestClock;
  readonly #mode: TimeMode;
  readonly #standstill: Standstill;
  #advances = Promise.resolve();
  #advancing = 0;
  #underWay = 0;
  #scheduled = false;
  #closed = false;
  #onMoved: () => void = () => {};

  constructor({ engine, clock, mode, standstill }: TimeKeeperParts) {
    this.#engine = engine;
    this.#clock = clock;
    this.#mode = mode;
    this.#standstill = standstill;
    engine.onMoved(() => {
      this.#onMoved();
      this.#schedule();
    });
  }

  /** Moves on to an instant, stopping at each timer on the way until all that follows from it has happened. */
  advanceTo(instant: () => number): Promise<void> {
    this.#advances = this.#advances.then(() => this.#advanceTo(instant()));
    return this.#advances;
  }

  /** Lets no time pass before this has happened. */
  async during(work: Promise<unknown>): Promise<void> {
    this.#underWay += 1;
    try {
      await work;
    } finally {
      this.#underWay -= 1;
      this.#onMoved();
      this.#schedule();
    }
  }

  close(): void {
    this.#closed = true;
    this.#standstill.end();
    this.#onMoved();
  }

  async #advanceTo(instant: number): Promise<void> {
    this.#advancing += 1;
    for (let next = -Infinity; next < instant && !this.#closed;) {
      await this.#settled();
      next = Math.min(
        instant,
        this.#next(() => true),
      );
      this.#clock.jumpTo(next);
    }
    await this.#settled();
    this.#advancing -= 1;
    this.#schedule();
  }

  /** Resolves when nothing happens until time passes or somebody calls. */
  async #settled(): Promise<void> {
    while (this.#isBusy && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#onMoved = resolve;
      });
      await turn();
    }
  }

  /** Once all that follows from a record has happened. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#standstill.end();
      if (this.#advancing > 0 || this.#isBusy || this.#closed) return;
      const next = this.#mode === "manual" ? Infinity : this.#next(passesByItself);
      if (next < Infinity) this.#clock.jumpTo(next);
      else this.#standstill.begin(this.#engine.unfinished());
    });
  }

  get #isBusy(): boolean {
    if (this.#underWay > 0) return true;
    const now = this.#clock.now();
    return this.#engine.unfinished().some(({ status, timers }) => {
      if (status === "waiting") return timers.some(({ dueAt }) => dueAt <= now);
      return status !== "paused";
    });
  }

  /** The earliest timer of these, or Infinity. */
  #next(counts: (timer: OpenTimer, moved: Moved) => boolean): number {
    const times = this.#engine
      .unfinished()
      .flatMap((moved) => moved.timers.filter((timer) => counts(timer, moved)).map(({ dueAt }) => dueAt));
    return times.reduce((earliest, at) => Math.min(earliest, at), Infinity);
  }
}

function passesByItself({ kind }: OpenTimer, { timers }: Moved): boolean {
  if (kind === "sleep") return timers.every((other) => other.kind !== "wait");
  return kind === "retry";
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
