import { create } from "@bufbuild/protobuf";
import {
  type CommitAccepted,
  type CommitRefused,
  type Lease,
  LeaseState,
  TaskCommitSchema,
} from "../../gen/perdure/v1/task_pb.ts";
import { WorkflowFatalError, WorkflowInternalError } from "../errors.ts";
import { alarm, type Cancel } from "./alarm.ts";
import { Doorbell } from "./doorbell.ts";
import type { Log } from "./log.ts";
import { operationBytes, operationToWire, type Operation } from "./operation.ts";
import type { CommitOutcome, Reporter } from "./reporter.ts";
import type { Run } from "./run.ts";
import { msOf } from "./wire-time.ts";

/** How long the first report waits for a result, so that a short step costs one commit. Long ones show as started. */
const FIRST_REPORT_MS = 1_000;

/** How long a run that awaits something outside of steps keeps its lease without a move before it is parked. */
const PARK_GRACE_MS = 1_000;

/** Reasons that hold for a report whoever sends it, and whenever. */
const UNACCEPTABLE: ReadonlySet<string> = new Set(["INVALID_FIELD", "LIMIT_EXCEEDED"]);

/** How a lease ended for its worker. */
export type LeaseEnd = "released" | "finished" | "lost" | "stopped";

export interface HeldLeaseParts {
  readonly lease: Lease;
  readonly run: Run;
  /** The newest position that the run has seen. */
  readonly position: number;
  readonly pausing: boolean;
  readonly lostAttempts: number;
  readonly nextDueInMs: number | null;
  readonly reporter: Pick<Reporter, "report">;
  readonly log: Log;
  /** Told of each newer position. */
  readonly onPosition: (position: number) => void;
}

/** The right to move one instance on, from its task's arrival to its end: lets `run` go on, and reports. */
export class HeldLease {
  readonly lease: Lease;
  readonly run: Run;
  readonly #parts: HeldLeaseParts;
  readonly #bell = new Doorbell();
  readonly #lost = new AbortController();
  #position: number;
  #pausing: boolean;
  #sequence = 0;
  #committing = false;
  #parking = false;
  /** News is to be asked for, or something has waited long enough to be told. */
  #urgent = false;
  #parkRefused = false;
  #movedAtMs = Date.now();
  #stopping = false;
  #failed = false;
  #cancelDue: Cancel = () => {};
  #cancelGrace: Cancel = () => {};
  #end: LeaseEnd | null = null;

  constructor(parts: HeldLeaseParts) {
    this.#parts = parts;
    this.lease = parts.lease;
    this.run = parts.run;
    this.#position = parts.position;
    this.#pausing = parts.pausing;
  }

  /** The newest position that the run has seen. */
  get position(): number {
    return this.#position;
  }

  /** Whether the engine is being asked to take the lease back. The instance may be handed out again before the answer is here. */
  get isParking(): boolean {
    return this.#parking;
  }

  /** Moves the instance on until the lease ends. */
  async hold(): Promise<LeaseEnd> {
    const { run } = this;
    run.onChange = () => this.#move();
    if (!this.#pausing) {
      run.starts.openFrontier(this.#parts.lostAttempts);
      run.starts.proposeAgain();
    }
    this.#awaitDue(this.#parts.nextDueInMs);
    const cancelFirst = alarm(FIRST_REPORT_MS, () => this.#sequence === 0 && run.gather.size > 0 && this.#hurry());
    while (this.#end === null) {
      await run.advance();
      if (!this.#committing) this.#commitIfDue();
      if (this.#end === null) await this.#bell.rung();
    }
    cancelFirst();
    this.#cancelDue();
    this.#cancelGrace();
    run.onChange = () => {};
    return this.#end;
  }

  /** The engine has news, or has taken the lease back. */
  notice(leaseLost: boolean): void {
    if (leaseLost) this.lose("the lease of this task has ended or passed on");
    else this.#hurry();
  }

  /** Ends the lease without a word to the engine, which knows or will find out. */
  lose(why: string): void {
    if (this.#end !== null) return;
    this.#finish("lost");
    this.run.kill(new WorkflowInternalError(why));
  }

  /** Lets callbacks in flight end and reports them, but calls no more. */
  stop(): void {
    this.#stopping = true;
    this.run.starts.stop();
    this.#bell.ring();
  }

  #finish(end: LeaseEnd): void {
    this.#end = end;
    this.#lost.abort();
    this.#bell.ring();
  }

  #hurry(): void {
    this.#urgent = true;
    this.#bell.ring();
  }

  #move(): void {
    this.#parkRefused = false;
    this.#movedAtMs = Date.now();
    this.#bell.ring();
  }

  #awaitDue(ms: number | null): void {
    this.#cancelDue();
    this.#cancelDue = ms === null ? () => {} : alarm(ms, () => this.#hurry());
  }

  #commitIfDue(): void {
    const { gather } = this.run;
    const parks = this.#parks();
    const waits = gather.size > 0 && !(this.#sequence === 0 && gather.isPatient);
    if (waits || parks || this.#urgent) void this.#commit(parks);
    else if (this.#stopping && this.run.starts.inFlight === 0) this.#finish("stopped");
  }

  #parks(): boolean {
    if (this.#parkRefused || !this.run.isParkable) return false;
    if (!this.run.definition.awaitsOutside) return true;
    const graceMs = this.#movedAtMs + PARK_GRACE_MS - Date.now();
    this.#cancelGrace();
    if (graceMs <= 0) return true;
    this.#cancelGrace = alarm(graceMs, () => this.#bell.ring());
    return false;
  }

  async #commit(parks: boolean): Promise<void> {
    this.#committing = true;
    this.#urgent = false;
    this.run.starts.closeFrontier();
    const operations = this.run.gather.take();
    const park = parks && this.run.gather.size === 0;
    this.#parking = park;
    this.#sequence += 1;
    const nowMs = Date.now();
    const commit = create(TaskCommitSchema, {
      lease: this.lease,
      sequence: this.#sequence,
      seenPosition: this.#position,
      operations: operations.map((operation) => operationToWire(operation, nowMs)),
      park,
    });
    const bytes = operations.reduce((sum, operation) => sum + operationBytes(operation), 0);
    const outcome = await this.#parts.reporter.report({ commit, bytes, signal: this.#lost.signal });
    this.#committing = false;
    this.#parking = false;
    try {
      if (this.#end === null) this.#take(outcome, operations, park);
    } catch (error) {
      this.#parts.log.error({ ...this.run.identity, error }, "news of an instance cannot be read");
      this.lose("news of the instance cannot be read");
    }
    this.#bell.ring();
  }

  #take(outcome: CommitOutcome, operations: readonly Operation[], park: boolean): void {
    switch (outcome.case) {
      case "accepted":
        return this.#onAccepted(outcome.value, operations, park);
      case "refused":
        return this.#onRefused(outcome.value);
      case undefined:
        return this.lose("the engine gave no outcome of a report");
    }
  }

  #onAccepted(accepted: CommitAccepted, operations: readonly Operation[], park: boolean): void {
    const { news, putOff, pausing, leaseState, position, nextDueIn } = accepted;
    this.#position = position;
    this.#parts.onPosition(position);
    this.#pausing = pausing;
    // A park that was refused is asked for again when something has changed.
    this.#parkRefused = park && news.length === 0;
    this.run.learn(news);
    this.run.starts.onAccepted(operations, putOff);
    if (leaseState === LeaseState.RELEASED) return this.#finish("released");
    if (leaseState === LeaseState.FINISHED) return this.#finish("finished");
    if (!pausing) this.run.starts.proposeAgain();
    this.#awaitDue(msOf(nextDueIn));
  }

  #onRefused({ reason, message }: CommitRefused): void {
    if (reason === "LEASE_LOST") return this.lose(message);
    this.#parts.log.error({ ...this.run.identity, reason, refusal: message }, "a report was refused");
    // The journal is not what this run believes, or the engine is not well: another pass will know.
    if (!UNACCEPTABLE.has(reason) || this.#failed) return this.lose(message);
    this.#failed = true;
    this.run.fail(new WorkflowFatalError(message));
  }
}
