import type { JournalEntry, JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import type { StepKey } from "perdure/proto/perdure/v1/step_pb";
import type { StepProgress, StepView } from "./step-view.ts";
import { instant } from "./time.ts";

/** What a run's journal says of its steps, folded record by record. */
export class RunView {
  readonly #steps = new Map<string, StepView>();
  /** By number. One that was given to a wait may be given to another, when that one is cancelled. */
  readonly #events = new Map<number, Extract<JournalEntry["entry"], { case: "eventAccepted" }>["value"]>();
  #pausedAt: number | undefined;

  /** In the order of their start. */
  get steps(): readonly StepView[] {
    return [...this.#steps.values()];
  }

  /** Since when the clocks of the instance stand still, in ms since the epoch. */
  get pausedAt(): number | undefined {
    return this.#pausedAt;
  }

  step(key: StepKey | undefined): StepView | undefined {
    return key && this.#steps.get(keyText(key));
  }

  apply(record: JournalRecord): void {
    const at = instant(record.commitTime) ?? 0;
    for (const entry of record.entries) this.#applyEntry(entry, at);
  }

  #applyEntry({ entry }: JournalEntry, at: number): void {
    switch (entry.case) {
      case "stepStarted": {
        const { key, attempt, startTime } = entry.value;
        return this.#start(key, attempt, instant(startTime) ?? at, { status: "running" });
      }
      case "stepCompleted":
        return this.#move(entry.value.key, { status: "complete", endedAt: at, output: entry.value.output });
      case "stepFailed": {
        const { key, failure, retryTime } = entry.value;
        const retryAt = instant(retryTime);
        if (retryAt === undefined) return this.#move(key, { status: "failed", endedAt: at, failure });
        return this.#move(key, { status: "backingOff", retryAt, failure });
      }
      case "retryDue":
        return this.#move(entry.value.key, { status: "due" });
      case "sleepStarted": {
        const { key, dueTime } = entry.value;
        return this.#start(key, 0, at, { status: "sleeping", dueAt: instant(dueTime) ?? at });
      }
      case "sleepCompleted":
        return this.#move(entry.value.key, { status: "complete", endedAt: at, output: undefined });
      case "waitStarted": {
        const { key, dueTime, eventType, otherEventTypes } = entry.value;
        const eventTypes = [eventType, ...otherEventTypes];
        return this.#start(key, 0, at, { status: "waiting", dueAt: instant(dueTime) ?? at, eventTypes });
      }
      case "waitCompleted": {
        const { key, event } = entry.value;
        return this.#move(key, { status: "complete", endedAt: at, output: this.#events.get(event)?.payload });
      }
      case "waitCancelled":
        return this.#move(entry.value.key, { status: "cancelled", endedAt: at });
      case "waitTimedOut":
        return this.#move(entry.value.key, { status: "timedOut", endedAt: at });
      case "eventAccepted":
        this.#events.set(entry.value.event, entry.value);
        return;
      case "leaseLost":
        return this.#interrupt();
      case "paused":
        this.#pausedAt = at;
        return;
      case "resumed":
        return this.#thaw(at);
      case "rollbackStarted":
      case "restartRequested":
      case "instanceCompleted":
      case "instanceFailed":
      case "instanceTerminated":
      case "instanceRestarted":
        return this.#abandon();
      case "leaseGranted":
      case "parked":
      case "rollbackCompleted":
      case "rollbackFailed":
      case "restartedFrom":
      case "outcomeDelivered":
      case "pauseRequested":
      case "instancePurged":
      case undefined:
        return;
    }
  }

  #start(key: StepKey | undefined, attempt: number, at: number, progress: StepProgress): void {
    if (key === undefined) return;
    const startedAt = this.step(key)?.startedAt ?? at;
    this.#steps.set(keyText(key), { key, attempts: attempt, startedAt, attemptStartedAt: at, progress });
  }

  #move(key: StepKey | undefined, progress: StepProgress): void {
    const step = this.step(key);
    if (step !== undefined) this.#steps.set(keyText(step.key), { ...step, progress });
  }

  /** Steps in flight went with their worker. */
  #interrupt(): void {
    for (const { key, progress } of this.steps) {
      if (progress.status === "running") this.#move(key, { status: "interrupted" });
    }
  }

  #abandon(): void {
    for (const { key, progress } of this.steps) {
      if (!("endedAt" in progress)) this.#move(key, { status: "abandoned" });
    }
  }

  /** Due times are later by the time that clocks stood still. */
  #thaw(at: number): void {
    const shiftMs = Math.max(0, at - (this.#pausedAt ?? at));
    this.#pausedAt = undefined;
    for (const { key, progress } of this.steps) {
      if ("dueAt" in progress) this.#move(key, { ...progress, dueAt: progress.dueAt + shiftMs });
      if ("retryAt" in progress) this.#move(key, { ...progress, retryAt: progress.retryAt + shiftMs });
    }
  }
}

const keyText = ({ kind, count, name }: StepKey): string => `${kind}:${count}:${name}`;
