import { type Cron, nextAfter, parseCron } from "@perdure/engine/domain/cron";

/** A timer holds no more than 24 days; an hour keeps up with a clock that is set. */
const LOOK_MS_MAX = 3_600_000;

export type Fire = (cron: string, scheduledTime: number) => void;

/** Calls back when cron expressions are due, while it lives. What was due while it did not is left out. */
export class CronTriggers {
  readonly #crons: readonly Cron[];
  readonly #fire: Fire;
  readonly #now: () => number;
  #seen: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(expressions: readonly string[], fire: Fire, now: () => number = Date.now) {
    this.#crons = expressions.map(parseCron);
    this.#fire = fire;
    this.#now = now;
    this.#seen = now();
  }

  start(): void {
    const next = this.tick();
    if (next === undefined) return;
    const waitMs = Math.min(Math.max(next - this.#now(), 0), LOOK_MS_MAX);
    this.#timer = setTimeout(() => this.start(), waitMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Fires what has come due since the last look. @returns The next time, if any. */
  tick(): number | undefined {
    const now = this.#now();
    const due = this.#crons.flatMap((cron) => {
      const at = nextAfter(cron, this.#seen);
      return at === null ? [] : [{ cron, at }];
    });
    for (const { cron, at } of due) if (at <= now) this.#fire(cron.expression, at);
    this.#seen = Math.max(now, this.#seen);
    const next = this.#crons.flatMap((cron) => nextAfter(cron, this.#seen) ?? []);
    return next.length === 0 ? undefined : Math.min(...next);
  }
}
