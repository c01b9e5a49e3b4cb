import type { Entry, EntryOf, JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import { EMPTY_OBJECT, payloadBytes } from "../../../services/engine/src/domain/payload.ts";
import type { StepKey } from "../../../services/engine/src/domain/step.ts";
import { RollbackAuditor } from "./rollback-auditor.ts";
import { StepAuditor } from "./step-auditor.ts";
import { must } from "./violation.ts";

/**
 * Reads a journal as it grows and holds each record against what must always hold: who may write, in which
 * order, and what follows what. It shares no code with the fold, so that both cannot be wrong alike.
 */
export class JournalAuditor {
  #run = 1;
  #position = 0;
  #end: "complete" | "errored" | "terminated" | null = null;
  #purged = false;
  #lease: { readonly epoch: number; readonly session: string } | null;
  #newestEpoch: number;
  #newestSequence = 0;
  /** Leases in a row that expired unheard. */
  #unheard = 0;
  #lossReason: EntryOf<"leaseLost">["reason"] | null = null;
  #pauseRequested = false;
  #pausedAt: number | null = null;
  #parked = false;
  #steps = new StepAuditor();
  #rollback: RollbackAuditor | null = null;
  #restarting = false;
  #storedBytes = payloadBytes(EMPTY_OBJECT);

  constructor(handedTo: string | null) {
    this.#lease = handedTo === null ? null : { epoch: 1, session: handedTo };
    this.#newestEpoch = handedTo === null ? 0 : 1;
  }

  /** The status that the journal amounts to. */
  get status(): string {
    if (this.#end !== null) return this.#end;
    if (this.#pausedAt !== null) return "paused";
    if (this.#lease !== null) return this.#pauseRequested ? "waitingForPause" : "running";
    return this.#parked && !this.#steps.hasNews ? "waiting" : "queued";
  }

  get leaseEpoch(): number | null {
    return this.#lease?.epoch ?? null;
  }

  /** Takes the next record and the move that brought it about. @throws {Violation} */
  read(record: JournalRecord, move: Move, now: number): void {
    must(record.position === this.#position + 1, `position ${record.position} follows ${this.#position}`);
    must(record.committedAt === now, "a record is committed at the time of its decision");
    must(record.entries.length > 0 || move.kind === "settle", "an empty record is written only to settle an index");
    this.#position = record.position;
    this.#checkReport(record, move);
    const silent = this.#newestSequence === 0;
    if (record.report !== null) this.#newestSequence = record.report.sequence;
    this.#steps.beginRecord(now, this.#pausedAt !== null);
    must(!this.#restarting || record.entries.every(canFollowRestart), "something follows a restart under way");
    for (const entry of record.entries) {
      must(this.#end === null || canFollowEnd(entry), `${entry.kind} follows the end`);
      must(!this.#purged, `${entry.kind} follows the purge`);
      this.#take(entry, record, move, now, silent);
    }
    if (record.report !== null) this.#unheard = 0;
    this.#lossReason = null;
    this.#rollback?.endRecord(this.#end !== null);
    this.#steps.endRecord({ leased: this.#lease !== null, ended: this.#end !== null, move, record });
  }

  #checkReport(record: JournalRecord, move: Move): void {
    if (record.report === null) {
      must(move.kind !== "report", "a report's record says whose it is");
      return;
    }
    must(move.kind === "report", "only a report's record says that it is one");
    must(this.#lease !== null && this.#lease.epoch === record.report.epoch, "only the epoch of the lease reports");
    must(this.#lease.session === move.session && this.#run === move.run, "only the holder of the lease reports");
    must(record.report.sequence > this.#newestSequence, "a report is accepted once, and in order");
  }

  #take(entry: Entry, record: JournalRecord, move: Move, now: number, silent: boolean): void {
    const steps = this.#steps;
    const byHolder = () => must(this.#lease !== null && record.report !== null, `${entry.kind} without a report`);
    this.#rollback?.read(entry, move);
    switch (entry.kind) {
      case "leaseGranted":
        must(this.#lease === null, "a lease is granted while another holds");
        must(this.#pausedAt === null, "a lease is granted during a pause");
        must(entry.epoch > this.#newestEpoch, "an epoch does not grow");
        this.#lease = { epoch: entry.epoch, session: entry.session };
        this.#newestEpoch = entry.epoch;
        this.#newestSequence = 0;
        this.#parked = false;
        return;
      case "leaseLost":
        must(this.#lease?.epoch === entry.epoch, "a lease is lost that nobody holds");
        must(move.kind === "loseLease" && move.run === this.#run, "a lease is lost that was meant to be another run's");
        if (entry.reason === "expired" && silent) this.#unheard += 1;
        this.#lossReason = entry.reason;
        this.#lease = null;
        return;
      case "parked":
        byHolder();
        steps.requireIdle();
        must(!steps.hasNews && steps.hasTimer, "an instance is parked that has news, or that nothing would wake");
        this.#lease = null;
        this.#parked = true;
        return;
      case "stepStarted":
        byHolder();
        must(!this.#pauseRequested || isCalledAlready(move, entry.key), "a step starts though a pause is pending");
        return steps.start(entry, this.#unheard);
      case "stepCompleted":
        byHolder();
        this.#storedBytes += payloadBytes(entry.output);
        must(move.kind !== "report" || this.#storedBytes <= move.limits.bytes, "more is stored than may be");
        return steps.complete(entry);
      case "stepFailed":
        must(this.#lossReason !== "released" && this.#lossReason !== "undelivered", "no attempt was used up");
        return steps.fail(entry);
      case "retryDue":
        return steps.retryDue(entry, this.#lossReason);
      case "sleepStarted":
        byHolder();
        return steps.startSleep(entry);
      case "waitStarted":
        byHolder();
        return steps.startWait(entry);
      case "sleepCompleted":
      case "waitTimedOut":
        return steps.fire(entry);
      case "waitCompleted":
        return steps.completeWait(entry);
      case "eventAccepted":
        this.#storedBytes += payloadBytes(entry.payload);
        return steps.accept(entry);
      case "outcomeDelivered":
        byHolder();
        return steps.deliver(entry);
      case "pauseRequested":
        must(this.#lease !== null && !this.#pauseRequested, "a pause is requested in vain");
        this.#pauseRequested = true;
        return;
      case "paused":
        must(this.#pausedAt === null, "a pause follows a pause");
        if (this.#lease !== null) must(this.#pauseRequested, "a leased instance is paused at once");
        steps.requireIdle();
        steps.freeze();
        this.#lease = null;
        this.#pausedAt = now;
        return;
      case "resumed":
        must(this.#pausedAt !== null || this.#pauseRequested, "there is nothing to resume");
        if (this.#pausedAt !== null) steps.thaw(now - this.#pausedAt);
        this.#pausedAt = null;
        this.#pauseRequested = false;
        this.#parked = false;
        return;
      case "waitCancelled":
        byHolder();
        return steps.cancelWait(entry);
      case "rollbackStarted":
        if (entry.cause === "failed") byHolder();
        else this.#lease = null;
        this.#rollback = new RollbackAuditor(entry, move, steps.undoable);
        steps.abandon();
        this.#pauseRequested = false;
        this.#pausedAt = null;
        this.#parked = false;
        return;
      case "rollbackCompleted":
      case "rollbackFailed":
        return;
      case "restartRequested":
        must(move.kind === "restartFrom", "a restart from a step that nobody asked for");
        this.#restarting = true;
        this.#end = null;
        this.#lease = null;
        this.#pausedAt = null;
        this.#pauseRequested = false;
        this.#parked = false;
        this.#rollback = null;
        return steps.abandon();
      case "restartedFrom":
        return must(false, `${entry.kind}: no move here asks for it`);
      case "instanceCompleted":
      case "instanceFailed":
        byHolder();
        must(entry.kind === "instanceCompleted" || this.#isUndone, "a run fails and its steps are not undone");
        return this.#finish(entry.kind === "instanceCompleted" ? "complete" : "errored");
      case "instanceTerminated":
        must(
          move.kind !== "rollBack" || steps.undoable.length === 0,
          "a run is terminated and its steps are not undone",
        );
        return this.#finish("terminated");
      case "instanceRestarted":
        return this.#restart();
      case "instancePurged":
        must(this.#end !== null || move.kind === "delete", "an instance is purged before its end");
        this.#lease = null;
        this.#purged = true;
        return steps.abandon();
    }
  }

  get #isUndone(): boolean {
    return this.#rollback?.ended ?? this.#steps.undoable.length === 0;
  }

  #finish(end: "complete" | "errored" | "terminated"): void {
    this.#end = end;
    this.#lease = null;
    this.#pausedAt = null;
  }

  #restart(): void {
    this.#run += 1;
    this.#position = 0;
    this.#end = null;
    this.#lease = null;
    this.#newestEpoch = 0;
    this.#newestSequence = 0;
    this.#unheard = 0;
    this.#pauseRequested = false;
    this.#pausedAt = null;
    this.#parked = false;
    this.#steps = new StepAuditor();
    this.#rollback = null;
    this.#restarting = false;
    this.#storedBytes = payloadBytes(EMPTY_OBJECT);
  }
}

function canFollowEnd(entry: Entry): boolean {
  return canFollowRestart(entry) || entry.kind === "restartRequested";
}

function canFollowRestart(entry: Entry): boolean {
  return entry.kind === "instanceRestarted" || entry.kind === "instancePurged";
}

function isCalledAlready(move: Move, key: StepKey): boolean {
  return (
    move.kind === "report" &&
    move.operations.some(
      (operation) =>
        operation.kind === "startStep" &&
        operation.alreadyRunning &&
        operation.key.name === key.name &&
        operation.key.count === key.count,
    )
  );
}
