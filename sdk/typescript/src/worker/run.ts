import type { JournalEntry, JournalRecord } from "../../gen/perdure/v1/journal_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import type { WorkflowStep } from "../workflow-step.ts";
import type { AttemptEnd } from "./attempt.ts";
import { deliveryOf } from "./attempt-delivery.ts";
import { callRun, endOfReturn, endOfThrow } from "./entrypoint.ts";
import { Gather } from "./gather.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import { type Delivery, JournalView } from "./journal-view.ts";
import type { Operation, SleepEnd, StartStep } from "./operation.ts";
import { runScope } from "./run-scope.ts";
import { Starts } from "./starts.ts";
import { StepCalls } from "./step-calls.ts";
import { NO_STREAMS, type Streams } from "./streams.ts";
import { StepCounter, type StepKey } from "./step-key.ts";
import type { StepWork } from "./step-work.ts";
import { turn } from "./turn.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

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
  readonly #calls = new StepCalls((blob) => this.streams.open(blob));
  readonly #counter = new StepCounter();
  #queue: Delivery[] = [];
  #phase: "new" | "running" | "ended" | "dead" = "new";
  #delivering = false;

  constructor(parts: RunParts) {
    const { definition, identity } = parts;
    this.#parts = parts;
    this.definition = definition;
    this.identity = identity;
    const onEnd = (start: StartStep, end: AttemptEnd): void => this.#onAttemptEnd(start, end);
    const { rehearsal } = definition;
    const streams = (): Streams => this.streams;
    const shared = { view: this.#view, calls: this.#calls, gather: this.gather, streams };
    this.starts = new Starts({ identity, rehearsal, onEnd, ...shared });
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
    if (this.isOver || busy) return false;
    return [...this.#calls.pending].some(({ key }) => {
      const status = this.#view.step(key)?.status;
      return status === "pending" || status === "backingOff";
    });
  }

  /** Takes in the journal of a run that has not begun in this process. */
  replay(records: readonly JournalRecord[]): void {
    for (const { entries } of records) {
      for (const entry of entries) this.#enqueue(this.#view.apply(entry));
    }
    this.#queue.push(...this.#view.takeUndelivered());
  }

  /** Takes in what has happened since. */
  learn(news: readonly JournalEntry[]): void {
    for (const entry of news) {
      this.#enqueue(this.#view.learn(entry));
      if (entry.entry.case === "retryDue" && entry.entry.value.key !== undefined) this.#retry(entry.entry.value.key);
    }
    for (const delivery of this.#view.takeUndelivered()) this.#enqueue(delivery);
  }

  /** Delivers one outcome after the other, until nothing more can be delivered. */
  async advance(): Promise<void> {
    if (this.#phase === "new") await this.#begin();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) await this.#deliver(next);
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
    this.starts.abort(reason);
    this.#calls.abandon();
    this.#queue = [];
    this.gather.clear();
  }

  do(name: string, work: StepWork): Promise<unknown> {
    const key = this.#counter.next(StepKind.DO, name);
    return this.#ask(key, work, () => {
      this.#view.notePolicy(key, work.policy);
      this.starts.propose(key, 1, work.policy);
    });
  }

  /** @param checkNew Throws when a sleep that has not begun before must not begin. */
  sleep(name: string, end: SleepEnd, checkNew: () => void = () => {}): Promise<unknown> {
    const key = this.#counter.next(StepKind.SLEEP, name);
    if (this.#view.step(key) === undefined) checkNew();
    return this.#ask(key, null, () => {
      this.#view.mark(key, { status: "pending" });
      this.gather.add({ kind: "startSleep", key, end });
    });
  }

  wait(name: string, eventType: string, timeoutMs: number): Promise<unknown> {
    const key = this.#counter.next(StepKind.WAIT, name);
    return this.#ask(key, null, () => {
      this.#view.noteTimeout(key, timeoutMs);
      this.#view.mark(key, { status: "pending" });
      this.gather.add({ kind: "startWait", key, eventType, timeoutMs });
    });
  }

  /** Makes a call. A step that the journal does not know is begun anew. */
  #ask(key: StepKey, work: StepWork | null, beginAnew: () => void): Promise<unknown> {
    // Code of a pass that is over must not go on.
    if (this.isOver) return new Promise(() => {});
    this.#noteMove();
    const asked = this.#calls.make(key, work);
    if (this.#view.step(key) === undefined) beginAnew();
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

  async #begin(): Promise<void> {
    this.#phase = "running";
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
    for (const operation of operations) this.#report(operation);
    if (outcome === null || this.isOver) return;
    this.#delivering = true;
    if (this.#calls.deliver(key, outcome)) await turn();
    this.#delivering = false;
  }

  #settle(endOf: () => Operation): void {
    if (this.isOver) return;
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
    this.gather.add(operation);
  }

  #enqueue(delivery: Delivery | null): void {
    if (delivery !== null && !this.isOver) this.#queue.push(delivery);
  }

  #onAttemptEnd(start: StartStep, end: AttemptEnd): void {
    if (this.isOver) return;
    const { key, attempt } = start;
    const retried = end.kind === "threw" && !end.final;
    if (retried) this.#view.mark(key, { status: "backingOff", attempt: attempt + 1 });
    else this.#view.markEnded(key);
    this.#enqueue(deliveryOf(start, end));
    this.onChange();
  }
}
