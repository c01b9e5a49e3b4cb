import type { Entry, EntryOf, JournalRecord } from "./entry.ts";
import { EngineError } from "./errors.ts";
import { foldRecord } from "./fold.ts";
import { initialState, type InstanceState, type MutableState } from "./state.ts";
import { keyText, type StepKey } from "./step.ts";

/** Whether an entry starts a step. A step that is retried starts again. */
export function startsStep(entry: Entry, key: StepKey): boolean {
  return isStart(entry) && keyText(entry.key) === keyText(key);
}

/**
 * The records with which the next run begins after a restart from a step: what came of the steps that started before it.
 *
 * The same for everyone who makes it, since it follows from the journal of the run alone. The records of that run pass
 * twice, in their order: all of them through `note`, then all of them through `keep`; `last` comes after those kept.
 */
export class KeptJournal {
  readonly #restarting: InstanceState;
  readonly #from: StepKey;
  readonly #steps = new Set<string>();
  /** Events by the wait that was given them. */
  readonly #given = new Map<string, number>();
  #reached = false;
  #events: ReadonlySet<number> = new Set();
  #restart: JournalRecord | null = null;
  #next: MutableState | null = null;

  /** @param restarting The state of the run since its restart was asked for. */
  constructor(restarting: InstanceState, from: StepKey) {
    this.#restarting = restarting;
    this.#from = from;
  }

  note(record: JournalRecord): void {
    if (this.#restart !== null) return;
    for (const entry of record.entries) {
      if (entry.kind === "restartRequested") this.#restart = record;
      else this.#noteEntry(entry);
    }
    if (this.#restart === null) return;
    const kept = [...this.#given].filter(([wait]) => this.#steps.has(wait));
    this.#events = new Set(kept.map(([, event]) => event));
  }

  /** What the next run has of a record; null when that is nothing. */
  keep(record: JournalRecord): JournalRecord | null {
    const { position, committedAt } = this.#requireRestart();
    if (record.position >= position) return null;
    const entries = record.entries.filter((entry) => this.#isKept(entry));
    return entries.length === 0 ? null : this.#append({ committedAt: record.committedAt, entries }, committedAt);
  }

  /** The record that makes what was kept ready to go on. */
  last(): JournalRecord {
    const { committedAt } = this.#requireRestart();
    const { run } = this.#restarting;
    const { pausedAt, open } = this.#state(committedAt);
    const entries: readonly Entry[] = [
      ...(pausedAt === null ? [] : [{ kind: "resumed" } as const]),
      ...[...open.values()].flatMap((step): readonly Entry[] =>
        step.status === "running" ? [{ kind: "retryDue", key: step.key, attempt: step.attempt }] : [],
      ),
      { kind: "restartedFrom", run, key: this.#from },
    ];
    return this.#append({ committedAt, entries }, committedAt);
  }

  #noteEntry(entry: Entry): void {
    if (startsStep(entry, this.#from)) this.#reached = true;
    else if (isStart(entry) && !this.#reached) this.#steps.add(keyText(entry.key));
    if (entry.kind === "waitCompleted") this.#given.set(keyText(entry.key), entry.event);
    // What it was given went on to somebody else.
    if (entry.kind === "waitCancelled") this.#given.delete(keyText(entry.key));
  }

  #isKept(entry: Entry): boolean {
    switch (entry.kind) {
      case "stepStarted":
      case "stepCompleted":
      case "stepFailed":
      case "retryDue":
      case "sleepStarted":
      case "sleepCompleted":
      case "waitStarted":
      case "waitTimedOut":
      case "waitCancelled":
      case "outcomeDelivered":
        return this.#steps.has(keyText(entry.key));
      case "waitCompleted":
        return this.#steps.has(keyText(entry.key)) && this.#given.get(keyText(entry.key)) === entry.event;
      case "eventAccepted":
        return this.#events.has(entry.event);
      // Clocks stood still.
      case "paused":
        return true;
      // Not one that took back a pause which had not begun.
      case "resumed":
        return this.#next !== null && this.#next.pausedAt !== null;
      case "leaseGranted":
      case "leaseLost":
      case "parked":
      case "pauseRequested":
      case "instanceCompleted":
      case "instanceFailed":
      case "instanceTerminated":
      case "rollbackStarted":
      case "rollbackCompleted":
      case "rollbackFailed":
      case "instanceRestarted":
      case "restartRequested":
      case "restartedFrom":
      case "instancePurged":
        return false;
    }
  }

  /** Folded as it grows: what a record leaves open decides what the last one says. */
  #append(record: Pick<JournalRecord, "committedAt" | "entries">, restartedAt: number): JournalRecord {
    const state = this.#state(restartedAt);
    const appended = { position: state.position + 1, report: null, ...record };
    this.#next = foldRecord(state, appended);
    return appended;
  }

  #state(restartedAt: number): MutableState {
    const { birth, run } = this.#restarting;
    return (this.#next ??= initialState(birth, run + 1, restartedAt));
  }

  #requireRestart(): JournalRecord {
    if (this.#restart !== null) return this.#restart;
    throw new EngineError("CORRUPT_DOCUMENT", "the journal of the run has no restart");
  }
}

function isStart(entry: Entry): entry is EntryOf<"stepStarted" | "sleepStarted" | "waitStarted"> {
  return entry.kind === "stepStarted" || entry.kind === "sleepStarted" || entry.kind === "waitStarted";
}
