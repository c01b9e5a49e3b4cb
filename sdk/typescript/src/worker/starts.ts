import { Attempts } from "./attempts.ts";
import type { AttemptEnd } from "./attempt.ts";
import type { Gather } from "./gather.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { JournalView } from "./journal-view.ts";
import type { Operation, StartStep } from "./operation.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { StepCalls } from "./step-calls.ts";
import type { Streams } from "./streams.ts";
import { keyText, type StepKey } from "./step-key.ts";
import type { StepPolicy } from "./step-policy.ts";

export interface StartsParts {
  readonly identity: InstanceIdentity;
  readonly rehearsal: Rehearsal;
  readonly view: JournalView;
  readonly calls: StepCalls;
  readonly gather: Gather;
  /** Those of the lease that is held now. */
  readonly streams: () => Streams;
  /** Told of each callback that is called. */
  readonly onCall: (start: StartStep) => void;
  readonly onEnd: (start: StartStep, end: AttemptEnd) => void;
}

/**
 * When callbacks are called: at once for what a run reaches before its first report under a lease, otherwise
 * when the report of the start is in the journal. Nothing is called whose cause might be lost.
 */
export class Starts {
  readonly #parts: StartsParts;
  #attempts: Attempts;
  #putOff: StartStep[] = [];
  #frontier: { readonly lostAttempts: number } | null = null;
  #stopped = false;

  constructor(parts: StartsParts) {
    this.#parts = parts;
    this.#attempts = new Attempts(parts);
  }

  /** Callbacks that have been called and have not ended. */
  get inFlight(): number {
    return this.#attempts.inFlight;
  }

  /**
   * A lease begins.
   * @param lostAttempts Leases in a row that were lost before any report: callbacks in flight then used up as many attempts.
   */
  openFrontier(lostAttempts: number): void {
    this.#frontier = { lostAttempts };
  }

  closeFrontier(): void {
    this.#frontier = null;
  }

  /** No more callbacks are called. Those in flight go on. */
  stop(): void {
    this.#stopped = true;
  }

  /** Stops, and tells the callbacks in flight that nobody wants their results. */
  abort(reason: Error): void {
    this.stop();
    this.#attempts.abort(reason);
  }

  /** Nobody wants the results of the callbacks in flight. Others can be called after it. */
  letGo(reason: Error): void {
    this.#attempts.abort(reason);
    this.#attempts = new Attempts(this.#parts);
    this.#putOff = [];
    this.closeFrontier();
  }

  /** Proposes an attempt: it gathers with what else is to be reported. */
  propose(key: StepKey, attempt: number, policy: StepPolicy): void {
    const { view, gather } = this.#parts;
    view.mark(key, { status: "running", attempt });
    gather.add({ kind: "startStep", key, attempt, policy, calledAtMs: null });
  }

  /** Proposes what a pause has put off. */
  proposeAgain(): void {
    for (const start of this.#putOff.splice(0)) this.#parts.gather.add(start);
  }

  /** Nothing more can be delivered: calls what may be called without a report. */
  callReached(): void {
    const { gather } = this.#parts;
    if (this.#stopped) gather.dropUncalledStarts();
    if (this.#frontier === null || this.#stopped) return;
    // Callbacks may ask for steps within, which are reached then too.
    for (let reached = gather.uncalledStarts(); reached.length > 0; reached = gather.uncalledStarts()) {
      for (const start of reached) {
        start.attempt += this.#frontier.lostAttempts;
        this.#call(start);
      }
    }
  }

  /** A commit is in the journal: the callbacks of the starts in it are called, except of those put off. */
  onAccepted(operations: readonly Operation[], putOff: readonly StepKey[]): void {
    const waiting = new Set(putOff.map(keyText));
    for (const operation of operations) {
      if (operation.kind !== "startStep" || operation.calledAtMs !== null) continue;
      if (waiting.has(keyText(operation.key))) this.#putOff.push(operation);
      else this.#call(operation);
    }
  }

  #call(start: StartStep): void {
    const work = this.#parts.calls.find(start.key)?.work;
    if (work === undefined || work === null || this.#stopped) return;
    start.calledAtMs = Date.now();
    const { identity, rehearsal, onCall } = this.#parts;
    onCall(start);
    const callback = rehearsal.callbackOf(identity, start.key, start.attempt) ?? work.callback;
    this.#attempts.begin(start, { ...work, callback });
  }
}
