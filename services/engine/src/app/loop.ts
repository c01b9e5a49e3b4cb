import type { Cancel, Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/**
 * Runs one bounded pass after another with a pause between: at once when `hurry` is called. A pass that fails
 * is logged and tried again after the pause.
 */
export class Loop {
  readonly #name: string;
  readonly #pauseMs: number;
  readonly #pass: () => Promise<void>;
  readonly #clock: Clock;
  readonly #log: Log;
  #cancel: Cancel | null = null;
  #running: Promise<void> | null = null;
  #hurried = false;
  #stopped = true;

  constructor(name: string, pauseMs: number, pass: () => Promise<void>, clock: Clock, log: Log) {
    this.#name = name;
    this.#pauseMs = pauseMs;
    this.#pass = pass;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#stopped = false;
    this.hurry();
  }

  /** Runs a pass now; or right after the one that is running, which may have missed what there is now. */
  hurry(): void {
    if (this.#stopped) return;
    if (this.#running !== null) {
      this.#hurried = true;
      return;
    }
    this.#cancel?.();
    this.#running = this.#run();
  }

  /** Resolves when no pass is running and none will. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#pass();
    } catch (error) {
      this.#log.warn({ loop: this.#name, error }, "pass failed");
    }
    this.#running = null;
    if (this.#stopped) return;
    if (this.#hurried) {
      this.#hurried = false;
      this.hurry();
    } else {
      this.#cancel = this.#clock.after(this.#pauseMs, () => this.hurry());
    }
  }
}
