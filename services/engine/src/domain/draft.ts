import type { Entry, EntryOf, JournalRecord, Report } from "./entry.ts";
import { foldEntry, foldReport } from "./fold.ts";
import { forkState, type InstanceState, type MutableState } from "./state.ts";
import { dueAtOf, keyText, type OpenStep, type StepKey } from "./step.ts";
import type { EpochMs } from "./time.ts";

/** What was decided: one record to append, and the state it leads to. */
export interface Decision {
  /** Null: nothing changes. */
  readonly record: JournalRecord | null;
  readonly next: InstanceState;
  /** Starts of steps that a pending pause put off. */
  readonly putOff: readonly StepKey[];
}

/** A decision in the making: each entry takes effect at once, so that the next rule sees it. */
export class Draft {
  readonly now: EpochMs;
  /** By the texts of their keys. */
  readonly putOff = new Map<string, StepKey>();
  readonly #before: InstanceState;
  readonly #entries: Entry[] = [];
  #state: MutableState;

  constructor(before: InstanceState, now: EpochMs) {
    this.now = now;
    this.#before = before;
    this.#state = forkState(before);
    this.#state.position = before.position + 1;
  }

  get state(): InstanceState {
    return this.#state;
  }

  emit(entry: Entry): void {
    this.#entries.push(entry);
    this.#state = foldEntry(this.#state, entry, this.now);
  }

  /** Lets every timer fire that is due, in the order of their times. Clocks of a paused instance stand still. */
  fireTimers(): void {
    if (this.#state.pausedAt !== null) return;
    const due = [...this.#state.open.values()].filter((step) => (dueAtOf(step) ?? Infinity) <= this.now);
    due.sort((a, b) => (dueAtOf(a) ?? 0) - (dueAtOf(b) ?? 0));
    for (const step of due) {
      const entry = firedBy(step);
      if (entry !== null) this.emit(entry);
    }
  }

  /** Lets the timer of a step fire, whether it is due or not. */
  fireTimer(key: StepKey): void {
    const step = this.#state.pausedAt === null ? this.#state.open.get(keyText(key)) : undefined;
    const entry = step === undefined ? null : firedBy(step);
    if (entry !== null) this.emit(entry);
  }

  /** The wait that has stood in line longest for an event of the type. */
  longestWaitFor(type: string): OpenStep | undefined {
    return [...this.#state.open.values()].find((step) => step.status === "awaiting" && step.eventTypes.includes(type));
  }

  finish(report: Report | null = null): Decision {
    if (this.#entries.length === 0) return { record: null, next: this.#before, putOff: [...this.putOff.values()] };
    return this.finishEvenEmpty(report);
  }

  finishEvenEmpty(report: Report | null = null): Decision {
    foldReport(this.#state, report);
    const record = { position: this.#before.position + 1, committedAt: this.now, report, entries: this.#entries };
    return { record, next: this.#state, putOff: [...this.putOff.values()] };
  }
}

function firedBy(step: OpenStep): EntryOf<"sleepCompleted" | "waitTimedOut" | "retryDue"> | null {
  switch (step.status) {
    case "sleeping":
      return { kind: "sleepCompleted", key: step.key };
    case "awaiting":
      return { kind: "waitTimedOut", key: step.key };
    case "backingOff":
      return { kind: "retryDue", key: step.key, attempt: step.attempt };
    case "running":
    case "due":
    case "undelivered":
      return null;
  }
}
