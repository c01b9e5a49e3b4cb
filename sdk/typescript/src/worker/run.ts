import type { JournalEntry, JournalRecord, RollbackStarted } from "../../gen/perdure/v1/journal_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import type { WaitCall } from "../step-config-wait.ts";
import type { WorkflowStep } from "../workflow-step.ts";
import type { AttemptEnd } from "./attempt.ts";
import { deliveryOf } from "./attempt-delivery.ts";
import { WorkflowInternalError } from "../errors.ts";
import { alarm, type Cancel } from "./alarm.ts";
import { callRun, endOfReturn, endOfThrow } from "./entrypoint.ts";
import { Gather } from "./gather.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import { type Delivery, JournalView } from "./journal-view.ts";
import type { Operation, SleepEnd, StartStep } from "./operation.ts";
import { onAbort } from "./on-abort.ts";
import type { OpenStream, Outcome } from "./outcome.ts";
import { Rollback } from "./rollback.ts";
import { RollbackRegistry } from "./rollback-registry.ts";
import { runScope } from "./run-scope.ts";
import { Starts } from "./starts.ts";
import { StepCalls } from "./step-calls.ts";
import { NO_STREAMS, type Streams } from "./streams.ts";
import { keyText, StepCounter, type StepKey } from "./step-key.ts";
import type { StepWork } from "./step-work.ts";
import { turn } from "./turn.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

/** How long a `run` that awaits something outside of steps may take to ask again for the steps that are to be undone. */
const COLLECTING_MS_MAX = 10_000;

/** In `collecting` it is replayed to learn how its steps are undone, in `undoing` they are undone. */
type Phase = "new" | "running" | "collecting" | "undoing" | "ended" | "dead";

export interface RunParts {
  readonly definition: WorkflowDefinition;
  readonly identity: InstanceIdentity;
  readonly params: Payload | undefined;
  /** Makes the `step` that `run` gets. */
  readonly stepOf: (run: Run) => WorkflowStep;
}

/**
 * One pass of a workflow's `run`: what it asked for, what it was given, what it has to report.
 *
 * Outcomes are delivered one by one in journal order, and all that follows from one happens before the next:
 * so a replay takes the same branch at every race. What `run` asks for meanwhile gathers as operations.
 */
export class Run {
  readonly definition: WorkflowDefinition;
  readonly identity: InstanceIdentity;
  /** What is to be reported, in order. */
  readonly gather = new Gather();
  readonly starts: Starts;
  /** Of the newest lease. */
  streams: Streams = NO_STREAMS;
  /** Called when there is something new: an attempt has ended, or `run` went on by itself. */
  onChange: () => void = () => {};
  readonly #parts: RunParts;
  readonly #view = new JournalView();
  readonly #open: OpenStream = (blob) => this.streams.open(blob);
  readonly #calls = new StepCalls(this.#open);
  readonly #counter = new StepCounter();
  readonly #registry = new RollbackRegistry();
  #rollback: Rollback | null = null;
  #queue: Delivery[] = [];
  #phase: Phase = "new";
  #delivering = false;
  #cancelCollecting: Cancel = () => {};

  constructor(parts: RunParts) {
    const { definition, identity } = parts;
    this.#parts = parts;
    this.definition = definition;
    this.identity = identity;
    this.starts = new Starts({
      identity,
      rehearsal: definition.rehearsal,
      view: this.#view,
      calls: this.#calls,
      gather: this.gather,
      streams: () => this.streams,
      onCall: ({ key, attempt, policy }) => this.#registry.start(key, attempt, policy),
      onEnd: (start, end) => this.#onAttemptEnd(start, end),
    });
  }

  /** Calls of `step.do` in this pass. */
  get stepsAsked(): number {
    return this.#counter.steps;
  }

  /** Whether `run` has settled, or must not go on. */
  get isOver(): boolean {
    return this.#phase === "ended" || this.#phase === "dead";
  }

  /** Whether nothing can happen until a timer or an event. */
  get isParkable(): boolean {
    const busy = this.starts.inFlight > 0 || this.#queue.length > 0 || this.gather.hasUncalledStarts;
    if (this.isOver || this.#phase === "collecting" || busy) return false;
    return [...this.#calls.pending].some(({ key }) => {
      const status = this.#view.step(key)?.status;
      return status === "pending" || status === "backingOff";
    });
  }

  /** Takes in the journal of a run that has not begun in this process. */
  replay(records: readonly JournalRecord[]): void {
    for (const { entries } of records) {
      for (const entry of entries) {
        this.#registry.apply(entry);
        this.#enqueue(this.#view.apply(entry));
        if (entry.entry.case === "rollbackStarted") this.#rollback = this.#rollbackOf(entry.entry.value);
      }
    }
    this.#queue.push(...this.#view.takeUndelivered());
  }

  /** Takes in what has happened since. */
  learn(news: readonly JournalEntry[]): void {
    for (const entry of news) {
      this.#enqueue(this.#view.learn(entry));
      if (entry.entry.case === "retryDue" && entry.entry.value.key !== undefined) this.#retry(entry.entry.value.key);
      if (entry.entry.case === "rollbackStarted" && this.#rollback === null) {
        this.#rollback = this.#rollbackOf(entry.entry.value);
        this.#undo(this.#rollback);
      }
    }
    for (const delivery of this.#view.takeUndelivered()) this.#enqueue(delivery);
  }

  /** Delivers one outcome after the other, until nothing more can be delivered. */
  async advance(): Promise<void> {
    if (this.#phase === "new") await this.#start();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) await this.#deliver(next);
    if (this.#rollback !== null) {
      this.starts.closeFrontier();
      await this.#collect(this.#rollback);
    }
    if (!this.isOver) this.starts.callReached();
  }

  /** Ends the instance with an error that `run` cannot catch. What was gathered is dropped: it was refused. */
  fail(error: Error): void {
    this.gather.clear();
    this.#end(endOfThrow(error));
  }

  /** Ends this pass for good: nothing is delivered, reported or called any more. */
  kill(reason: Error): void {
    this.#phase = "dead";
    this.#cancelCollecting();
    this.starts.abort(reason);
    this.#calls.abandon();
    this.#queue = [];
    this.gather.clear();
  }

  do(name: string, work: StepWork): Promise<unknown> {
    const key = this.#counter.next(StepKind.DO, name);
    this.#registry.register(key, work);
    return this.#ask(key, work, () => this.#propose(key, work));
  }

  /** @param checkNew Throws when a sleep that has not begun before must not begin. */
  sleep(name: string, end: SleepEnd, checkNew: () => void = () => {}): Promise<unknown> {
    const key = this.#counter.next(StepKind.SLEEP, name);
    if (this.#view.step(key) === undefined && this.#phase !== "collecting") checkNew();
    return this.#ask(key, null, () => {
      this.#view.mark(key, { status: "pending" });
      this.gather.add({ kind: "startSleep", key, end });
    });
  }

  wait({ name, eventTypes, timeoutMs, signal }: WaitCall): Promise<unknown> {
    const key = this.#counter.next(StepKind.WAIT, name);
    const asked = this.#ask(key, null, () => {
      this.#view.noteTimeout(key, timeoutMs);
      this.#view.mark(key, { status: "pending" });
      this.gather.add({ kind: "startWait", key, eventTypes, timeoutMs });
    });
    if (signal !== null) onAbort(signal, asked, () => this.#cancelWait(key, signal.reason));
    return asked;
  }

  /** Ends a wait that `run` has not seen the end of. What was on its way to it is free for another. */
  #cancelWait(key: StepKey, reason: unknown): void {
    const call = this.isOver ? undefined : this.#calls.withdraw(key);
    if (call === undefined) return;
    this.#noteMove();
    call.reject(reason);
    const outcome = this.#takeFromQueue(key);
    this.#view.release(outcome);
    this.#view.markEnded(key);
    // A replay that has come to the place where the journal says so itself.
    if (outcome?.kind === "cancelled" || this.#phase === "collecting") return;
    this.gather.add({ kind: "cancelWait", key });
  }

  #takeFromQueue(key: StepKey): Outcome | null {
    const index = this.#queue.findIndex((delivery) => keyText(delivery.key) === keyText(key));
    return index === -1 ? null : (this.#queue.splice(index, 1)[0]?.outcome ?? null);
  }

  /** Makes a call. A step that the journal does not know is begun anew. */
  #ask(key: StepKey, work: StepWork | null, beginAnew: () => void): Promise<unknown> {
    // Code of a pass that is over must not go on.
    if (this.isOver || this.#phase === "undoing") return new Promise(() => {});
    this.#noteMove();
    const asked = this.#calls.make(key, work);
    if (this.#phase === "collecting") return asked;
    if (this.#view.step(key) === undefined) beginAnew();
    else this.#retry(key);
    return asked;
  }

  #propose(key: StepKey, { policy }: StepWork): void {
    this.#view.notePolicy(key, policy);
    this.starts.propose(key, 1, policy);
  }

  /** Makes the undoing of a step known, whether it is new or was begun before. Settles when it has ended. */
  #begin(key: StepKey, work: StepWork): Promise<unknown> {
    const asked = this.#calls.make(key, work);
    if (this.#view.step(key) === undefined) this.#propose(key, work);
    else this.#retry(key);
    return asked;
  }

  /** Proposes the attempt of a step that is due, once `run` has asked for the step in this pass. */
  #retry(key: StepKey): void {
    const known = this.#view.step(key);
    const work = this.#calls.find(key)?.work;
    if (known?.status !== "due" || work === undefined || work === null) return;
    this.starts.propose(key, known.attempt, this.#view.policy(key) ?? work.policy);
  }

  /** `run` has moved, and not because of an outcome: it awaited something outside of steps. */
  #noteMove(): void {
    if (this.#delivering) return;
    // Otherwise it may have been the callback of a step, which asks for steps within.
    if (this.starts.inFlight === 0) this.definition.awaitsOutside = true;
    this.onChange();
  }

  async #start(): Promise<void> {
    const rollback = this.#rollback;
    this.#phase = rollback === null ? "running" : "collecting";
    if (rollback !== null) this.#cancelCollecting = alarm(COLLECTING_MS_MAX, () => this.#undo(rollback));
    this.#delivering = true;
    const { definition, identity, params, stepOf } = this.#parts;
    void runScope
      .run(identity, () => callRun(definition, identity, params, stepOf(this)))
      .then(
        (output) => this.#settle(() => endOfReturn(output)),
        (thrown: unknown) => this.#settle(() => endOfThrow(thrown)),
      );
    await turn();
    this.#delivering = false;
  }

  async #deliver({ key, outcome, operations }: Delivery): Promise<void> {
    if (this.isOver) return;
    if (this.#phase !== "collecting") for (const operation of operations) this.#report(operation);
    if (outcome === null || this.isOver) return;
    this.#delivering = true;
    if (this.#calls.deliver(key, outcome)) await turn();
    this.#delivering = false;
    if (this.#phase === "collecting" && this.#rollback?.isKnown === true) this.#undo(this.#rollback);
  }

  #settle(endOf: () => Operation): void {
    if (this.#phase === "collecting" && this.#rollback !== null) return this.#undo(this.#rollback);
    if (this.#phase !== "running") return;
    this.#noteMove();
    this.#end(endOf());
  }

  #end(operation: Operation): void {
    this.#phase = "ended";
    this.#queue = [];
    this.gather.end(operation);
  }

  #report(operation: Operation): void {
    if (operation.kind === "failInstance") return this.#end(operation);
    // What follows from a callback's result is called only when the result is in the journal.
    if (operation.kind !== "deliverOutcome") this.starts.closeFrontier();
    if (operation.kind === "completeStep") this.#registry.complete(operation.key, operation.output);
    this.gather.add(operation);
  }

  #enqueue(delivery: Delivery | null): void {
    if (delivery === null || this.isOver || this.#isDropped(delivery.key)) return;
    this.#queue.push(delivery);
  }

  #rollbackOf(started: RollbackStarted): Rollback {
    const [registry, view, open] = [this.#registry, this.#view, this.#open];
    return new Rollback(started, { registry, view, open, identity: this.identity });
  }

  /** `run` is replayed only to learn how its steps are undone. Beyond the journal it is given guesses. */
  async #collect(rollback: Rollback): Promise<void> {
    while (this.#phase === "collecting") {
      if (rollback.isKnown || rollback.guessesLeft === 0) return this.#undo(rollback);
      const guess = rollback.guess(this.#calls.pending);
      // It awaits something outside of steps.
      if (guess === null) return;
      await this.#deliver(guess);
    }
  }

  /** `run` is over: nothing of it is delivered, called or reported any more. */
  #undo(rollback: Rollback): void {
    this.#phase = "undoing";
    this.#cancelCollecting();
    this.starts.letGo(new WorkflowInternalError("the instance is rolling back"));
    this.#calls.abandon();
    this.#queue = [];
    this.gather.clear();
    // With the first that cannot be undone it stops; the engine knows, and ends the instance.
    rollback.undo((key, work) => this.#begin(key, work)).catch(() => {});
    this.onChange();
  }

  /** In a rollback nobody asks for what `run` was about. */
  #isDropped({ kind }: StepKey): boolean {
    return this.#phase === "undoing" && kind !== StepKind.ROLLBACK;
  }

  #onAttemptEnd(start: StartStep, end: AttemptEnd): void {
    const { key, attempt } = start;
    if (this.isOver || this.#isDropped(key)) return;
    const retried = end.kind === "threw" && !end.final;
    if (retried) this.#view.mark(key, { status: "backingOff", attempt: attempt + 1 });
    else this.#view.markEnded(key);
    this.#enqueue(deliveryOf(start, end));
    this.onChange();
  }
}
