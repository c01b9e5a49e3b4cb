import { workflowText, type WorkflowName } from "../domain/name.ts";
import { dueNow, nextDue, type Schedule } from "../domain/schedule.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import { withMade } from "../domain/workflow.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { Creations } from "./creations.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import type { Settings } from "./settings.ts";

/** Between two looks at what is due. A time that comes before the next look is waited for. */
const PAUSE_MS = 30 * SECOND_MS;

/** How long after one could not be made it is tried again. */
const RETRY_MS = SECOND_MS;

export interface SchedulesParts {
  readonly settings: Settings;
  readonly creations: Creations;
  readonly clock: Clock;
  readonly log: Log;
}

interface NextTime {
  readonly madeUntil: EpochMs;
  readonly dueAt: EpochMs;
}

/**
 * Creates an instance for each time at which a schedule of a workflow is due: never early, once over all replicas
 * and restarts, and after a time in which no engine ran for the newest time missed only.
 */
export class Schedules {
  readonly #parts: SchedulesParts;
  readonly #loop: Loop;
  /** When each schedule is due next, so that no look computes it again. */
  #next: ReadonlyMap<string, NextTime> = new Map();
  #cancel: Cancel | null = null;

  constructor(parts: SchedulesParts) {
    this.#parts = parts;
    this.#loop = new Loop("schedules", PAUSE_MS, () => this.#pass(), parts.clock, parts.log);
  }

  start(): void {
    this.#loop.start();
  }

  /** A schedule may have come. */
  hurry(): void {
    this.#loop.hurry();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    await this.#loop.stop();
  }

  async #pass(): Promise<void> {
    const { settings, clock } = this.#parts;
    await settings.ready();
    const next = new Map<string, NextTime>();
    const due: { readonly name: WorkflowName; readonly crons: readonly string[] }[] = [];
    for (const { name, schedules } of settings.all()) {
      for (const schedule of schedules) next.set(keyOf(name, schedule.cron), this.#nextTime(name, schedule));
      const isDue = ({ cron }: Schedule) => (next.get(keyOf(name, cron))?.dueAt ?? Infinity) <= clock.now();
      const crons = schedules.filter(isDue).map(({ cron }) => cron);
      if (crons.length > 0) due.push({ name, crons });
    }
    this.#next = next;
    await Promise.all(due.map(({ name, crons }) => this.#makeAll(name, crons)));
    this.#waitForNext(due.length > 0);
  }

  #nextTime(name: WorkflowName, schedule: Schedule): NextTime {
    const known = this.#next.get(keyOf(name, schedule.cron));
    if (known?.madeUntil === schedule.madeUntil) return known;
    return { madeUntil: schedule.madeUntil, dueAt: nextDue(schedule) ?? Infinity };
  }

  /** One that cannot be made does not keep the others. */
  async #makeAll(name: WorkflowName, crons: readonly string[]): Promise<void> {
    for (const cron of crons) {
      try {
        await this.#make(name, cron);
      } catch (error) {
        this.#parts.log.warn({ ...name, cron, error }, "scheduled instance not created");
      }
    }
  }

  async #make(name: WorkflowName, cron: string): Promise<void> {
    const { settings, creations, clock } = this.#parts;
    // Read anew: another replica may have made it, and it may be gone by now.
    const schedule = (await settings.read(name))?.schedules.find((each) => each.cron === cron);
    const dueAt = schedule === undefined ? null : dueNow(schedule, clock.now());
    if (dueAt === null) return;
    // The instance first: if this ends in between, it is found there by its id.
    await creations.createScheduled(name, { cron, dueAt });
    await settings.change(name, (before, { revision }) =>
      before === undefined ? null : withMade(before, cron, dueAt, revision),
    );
  }

  /** What was due and is not known to be made, here or elsewhere, is looked at again soon. */
  #waitForNext(anyDue: boolean): void {
    const { clock } = this.#parts;
    const now = clock.now();
    const times = [...this.#next.values()].map(({ dueAt }) => dueAt).filter((dueAt) => dueAt > now);
    const waitMs = Math.min(PAUSE_MS, anyDue ? RETRY_MS : PAUSE_MS, ...times.map((dueAt) => dueAt - now));
    this.#cancel?.();
    this.#cancel = waitMs < PAUSE_MS ? clock.after(waitMs, () => this.hurry()) : null;
  }
}

function keyOf(name: WorkflowName, cron: string): string {
  return `${workflowText(name)} ${cron}`;
}
