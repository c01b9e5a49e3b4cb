import type { Instance } from "../../../gen/perdure/v1/instance_pb.ts";
import type { JournalEntry, JournalRecord, StepFailed, StepStarted } from "../../../gen/perdure/v1/journal_pb.ts";
import { type StepKey, StepKind } from "../../../gen/perdure/v1/step_pb.ts";
import { WorkflowInternalError } from "../../errors.ts";
import { epochMsOf } from "../../worker/wire-time.ts";
import type { WorkflowInstanceEvent, WorkflowInstanceEventFields, WorkflowInstanceEventType } from "./event.ts";
import { configOf, errorOf, keyTextOf, labelOf, valueOf } from "./event-fields.ts";

/**
 * Which events are to be made; the others are only counted, and their values not decoded. Asked of each event, in order.
 * @param step The key, as text, of the step that an event is about; null when it is about none.
 */
export type Wants = (eventId: number, type: WorkflowInstanceEventType, step: string | null) => boolean;

/** What the events so far say of the instance. In `begun` no lease has been journaled. */
type Phase = "begun" | "running" | "waiting" | "waitingForPause" | "paused" | "rollingBack" | "ended";

/**
 * The events of one run, made of its journal: the same journal gives the same events with the same numbers.
 * docs/events.md has the table.
 */
export class RunHistory {
  readonly #instance: Instance;
  readonly #wants: Wants;
  readonly #createdAt: number;
  /** The newest attempt started of each step that has not ended, by its key. */
  readonly #attempts = new Map<string, number>();
  #phase: Phase = "begun";
  #eventId = 0;
  #about: string | null = null;
  /** Whether what is applied was told before. */
  #known = false;
  #events: WorkflowInstanceEvent[] = [];

  constructor(instance: Instance, wants: Wants) {
    this.#instance = instance;
    this.#wants = wants;
    this.#createdAt = epochMsOf(instance.createTime);
  }

  /** Whether the last event has been told: nothing follows in this run. */
  get ended(): boolean {
    return this.#phase === "ended";
  }

  /** Of the newest event. */
  get eventId(): number {
    return this.#eventId;
  }

  /** The events that need no journal. */
  begin(): readonly WorkflowInstanceEvent[] {
    this.#tell("workflow_queued", this.#createdAt, NOTHING);
    this.#tell("workflow_started", this.#createdAt, () => ({ params: valueOf(this.#instance.params) }));
    return this.#taken();
  }

  /** The events of the next record. */
  take({ commitTime, entries }: JournalRecord): readonly WorkflowInstanceEvent[] {
    const at = epochMsOf(commitTime);
    for (const entry of entries) this.#apply(entry, at);
    return this.#taken();
  }

  /** The run that a restart from a step has begun comes next. The numbers of its events go on. */
  beginNext(): void {
    this.#phase = "begun";
    this.#attempts.clear();
  }

  /** Takes in a record that the run has kept of an earlier one, whose events were told there. */
  inherit({ entries }: JournalRecord): void {
    this.#known = true;
    for (const entry of entries) this.#apply(entry, 0);
    this.#known = false;
    // No worker has had this run so far.
    this.#phase = "begun";
  }

  #taken(): readonly WorkflowInstanceEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #apply({ entry }: JournalEntry, at: number): void {
    this.#about = entry.value !== undefined && "key" in entry.value ? keyTextOf(entry.value.key) : null;
    switch (entry.case) {
      case "leaseGranted":
        // After the loss of a lease it is still running, as far as anybody was told.
        if (this.#phase !== "running" && this.#phase !== "rollingBack") this.#become("running", "workflow_running", at);
        return;
      case "parked":
        if (this.#phase === "rollingBack") return;
        this.#beRunning();
        return this.#become("waiting", "workflow_waiting", at);
      case "stepStarted":
        this.#beRunning();
        return this.#startAttempt(entry.value);
      case "stepCompleted": {
        const { key, attempt, output } = entry.value;
        const stepName = labelOf(key);
        this.#attempts.delete(keyTextOf(key));
        this.#tell(`${prefixOf(key)}attempt_completed`, at, () => ({ stepName, attempt }));
        if (isRollback(key)) return this.#tell("rollback_step_completed", at, () => ({ stepName }));
        return this.#tell("step_completed", at, () => ({ stepName, output: valueOf(output) }));
      }
      case "stepFailed":
        return this.#failAttempt(entry.value, at);
      case "sleepStarted": {
        const { key, dueTime } = entry.value;
        this.#beRunning();
        return this.#tell("sleep_started", at, () => ({ stepName: labelOf(key), durationMs: epochMsOf(dueTime) - at }));
      }
      case "sleepCompleted":
        return this.#tell("sleep_completed", at, () => ({ stepName: labelOf(entry.value.key) }));
      case "waitStarted": {
        const { key, eventType, otherEventTypes } = entry.value;
        this.#beRunning();
        return this.#tell("wait_started", at, () => ({
          stepName: labelOf(key),
          eventType,
          ...(otherEventTypes.length > 0 && { otherEventTypes }),
        }));
      }
      case "waitCompleted":
        return this.#tell("wait_completed", at, () => ({ stepName: labelOf(entry.value.key) }));
      case "waitTimedOut":
        return this.#tell("wait_timed_out", at, () => ({ stepName: labelOf(entry.value.key) }));
      case "waitCancelled":
        return this.#tell("wait_cancelled", at, () => ({ stepName: labelOf(entry.value.key) }));
      case "pauseRequested":
        this.#beRunning();
        return this.#become("waitingForPause", "workflow_waiting_for_pause", at);
      case "paused":
        // An instance with nothing in flight is paused at once, and in the model both are told then as well.
        if (this.#phase !== "waitingForPause") this.#tell("workflow_waiting_for_pause", at, NOTHING);
        return this.#become("paused", "workflow_paused", at);
      case "resumed":
        // A pause that was taken back. After one that took effect it is running with the next lease.
        if (this.#phase === "waitingForPause") this.#become("running", "workflow_running", at);
        return;
      case "instanceCompleted": {
        const { output } = entry.value;
        this.#beRunning();
        this.#phase = "ended";
        return this.#tell("workflow_completed", at, () => ({ output: valueOf(output) }));
      }
      case "instanceFailed": {
        const { failure } = entry.value;
        this.#beRunning();
        this.#phase = "ended";
        return this.#tell("workflow_errored", at, () => ({ error: errorOf(failure) }));
      }
      case "instanceTerminated":
        return this.#become("ended", "workflow_terminated", at);
      case "rollbackStarted":
        this.#beRunning();
        return this.#become("rollingBack", "rollback_started", at);
      case "rollbackCompleted":
        return this.#tell("rollback_completed", at, NOTHING);
      case "rollbackFailed":
        return this.#tell("rollback_errored", at, NOTHING);
      // Where a run begins says `beginNext`.
      case "restartRequested":
      case "restartedFrom":
      // How the work was lent out, what `run` has seen of it, and what the model has no event for.
      case "leaseLost":
      case "retryDue":
      case "eventAccepted":
      case "outcomeDelivered":
      case "instanceRestarted":
      case "instancePurged":
      // Of a newer engine.
      case undefined:
        return;
    }
  }

  /** An instance that was handed to a worker in the write that created it has no lease in its journal. */
  #beRunning(): void {
    if (this.#phase === "begun") this.#become("running", "workflow_running", this.#createdAt);
  }

  #startAttempt({ key, attempt, config, startTime }: StepStarted): void {
    const at = epochMsOf(startTime);
    const stepName = labelOf(key);
    const prefix = prefixOf(key);
    const newest = this.#attempts.get(keyTextOf(key));
    if (newest === undefined) {
      this.#tell(`${prefix}step_started`, at, () => ({ stepName, ...(config && { config: configOf(config) }) }));
    }
    // Attempts whose worker was lost before it reported even their start: only the count tells of them.
    for (let lost = (newest ?? 0) + 1; lost < attempt; lost += 1) {
      this.#tell(`${prefix}attempt_started`, at, () => ({ stepName, attempt: lost }));
      this.#tell(`${prefix}attempt_errored`, at, () => ({
        stepName,
        attempt: lost,
        error: errorOf(WorkflowInternalError.attemptLost()),
        retryDelayMs: 0,
      }));
    }
    // One that its worker gave back is the same attempt again.
    if (attempt !== newest) this.#tell(`${prefix}attempt_started`, at, () => ({ stepName, attempt }));
    this.#attempts.set(keyTextOf(key), attempt);
  }

  #failAttempt({ key, attempt, failure, retryTime }: StepFailed, at: number): void {
    const stepName = labelOf(key);
    this.#tell(`${prefixOf(key)}attempt_errored`, at, () => ({
      stepName,
      attempt,
      error: errorOf(failure),
      ...(retryTime && { retryDelayMs: epochMsOf(retryTime) - at }),
    }));
    if (retryTime !== undefined) return;
    this.#attempts.delete(keyTextOf(key));
    if (!isRollback(key)) return this.#tell("step_errored", at, () => ({ stepName }));
    this.#tell("rollback_step_errored", at, () => ({ stepName, error: errorOf(failure) }));
  }

  #become(phase: Phase, type: WorkflowInstanceEventType, at: number): void {
    this.#phase = phase;
    this.#tell(type, at, NOTHING);
  }

  #tell<T extends WorkflowInstanceEventType>(
    type: T,
    timestamp: number,
    fields: () => WorkflowInstanceEventFields[T],
  ): void {
    if (this.#known) return;
    this.#eventId += 1;
    if (!this.#wants(this.#eventId, type, this.#about)) return;
    const instanceId = this.#instance.ref?.instanceId ?? "";
    const event = { instanceId, eventId: this.#eventId, timestamp, type, ...fields() };
    this.#events.push(event as WorkflowInstanceEvent);
  }
}

const NOTHING = () => ({});

function isRollback(key: StepKey | undefined): boolean {
  return key?.kind === StepKind.ROLLBACK;
}

/** What undoes a step is told like a step, by other words. */
function prefixOf(key: StepKey | undefined): "" | "rollback_" {
  return isRollback(key) ? "rollback_" : "";
}
