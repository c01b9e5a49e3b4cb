import type { JournalEntry, JournalRecord } from "../../gen/perdure/v1/journal_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import type { WorkflowStep } from "../workflow-step.ts";
import type { AttemptEnd } from "./attempt.ts";
import { Attempts } from "./attempts.ts";
import { callRun, endOfReturn, endOfThrow } from "./entrypoint.ts";
import { Gather } from "./gather.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import { type Delivery, JournalView } from "./journal-view.ts";
import type { Operation, SleepEnd, StartStep } from "./operation.ts";
import { runScope } from "./run-scope.ts";
import { StepCalls } from "./step-calls.ts";
import { keyText, StepCounter, type StepKey } from "./step-key.ts";
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
  /** Called when there is something new: an attempt has ended, or `run` went on by itself. */
  onChange: () => void = () => {};
  readonly #parts: RunParts;
  readonly #view = new JournalView();
  readonly #calls = new StepCalls();
  readonly #counter = new StepCounter();
  readonly #attempts: Attempts;
  #queue: Delivery[] = [];
  #putOff: StartStep[] = [];
  #frontier: { readonly lostAttempts: number } | null = null;
  #phase: "new" | "running" | "ended" | "dead" = "new";
  #delivering = false;
  #stopping = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.definition = parts.definition;
    this.identity = parts.identity;
    this.#attempts = new Attempts(parts.identity, (start, end) => this.#onAttemptEnd(start, end));
  }

  /** Callbacks that have been called and have not ended. */
  get inFlight(): number {
    return this.#attempts.inFlight;
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
    if (this.isOver || this.inFlight > 0 || this.#queue.length > 0 || this.gather.hasUncalledStarts) return false;
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
      this.#enqueue(this.#view.apply(entry));
      if (entry.entry.case === "retryDue" && entry.entry.value.key !== undefined) this.#retry(entry.entry.value.key);
    }
    this.#queue.push(...this.#view.takeUndelivered());
  }

  /**
   * A lease begins: until its first report, callbacks are called as soon as they are reached.
   * @param lostAttempts Leases in a row that were lost before any report: callbacks in flight then used up as many attempts.
   */
  openFrontier(lostAttempts: number): void {
    this.#frontier = { lostAttempts };
  }

  closeFrontier(): void {
    this.#frontier = null;
  }

  /** No more callbacks are called: the worker is stopping. */
  stop(): void {
    this.#stopping = true;
  }

  /** Starts that a pause put off are proposed again. */
  proposeAgain(): void {
    for (const start of this.#putOff.splice(0)) this.gather.add(start);
  }

  /** Delivers one outcome after the other, until nothing more can be delivered. */
  async advance(): Promise<void> {
    if (this.#phase === "new") await this.#begin();
    for (let next = this.#queue.shift(); next !== undefined && !this.isOver; next = this.#queue.shift()) {
      await this.#deliver(next);
    }
    if (this.#stopping) this.gather.dropUncalledStarts();
    if (this.#frontier !== null && !this.isOver) this.#callFrontier(this.#frontier.lostAttempts);
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

  /** Ends the instance with an error that `run` cannot catch. What was gathered is dropped: it was refused. */
  fail(error: Error): void {
    this.gather.clear();
    this.#end(endOfThrow(error));
  }

  /** Ends this pass for good: nothing is delivered, reported or called any more. */
  kill(reason: Error): void {
    this.#phase = "dead";
    this.#attempts.abort(reason);
    this.#calls.abandon();
    this.#queue = [];
    this.gather.clear();
  }

  do(name: string, work: StepWork): Promise<unknown> {
    const key = this.#counter.next(StepKind.DO, name);
    return this.#ask(key, work, () => {
      const { policy } = work;
      this.#view.notePolicy(key, policy);
      this.#propose({ kind: "startStep", key, attempt: 1, policy, calledAtMs: null });
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
    this.#noteActivity();
    const asked = this.#calls.make(key, work);
    const known = this.#view.step(key);
    if (known === undefined) beginAnew();
    else if (known.status === "due") this.#retry(key);
    return asked;
  }

  /** `run`, or something it awaits outside of steps, has moved. */
  #noteActivity(): void {
    if (this.#delivering) return;
    if (this.inFlight === 0) this.definition.awaitsOutside = true;
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
    await this.#drain();
  }

  async #deliver({ key, outcome, operations }: Delivery): Promise<void> {
    for (const operation of operations) this.#report(operation);
    if (outcome === null || this.isOver) return;
    this.#delivering = true;
    if (this.#calls.deliver(key, outcome)) await this.#drain();
    this.#delivering = false;
  }

  async #drain(): Promise<void> {
    await turn();
    this.#delivering = false;
  }

  #settle(endOf: () => Operation): void {
    if (this.isOver) return;
    this.#noteActivity();
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
    if (operation.kind !== "deliverOutcome") this.closeFrontier();
    this.gather.add(operation);
  }

  #enqueue(delivery: Delivery | null): void {
    if (delivery !== null && !this.isOver) this.#queue.push(delivery);
  }

  #retry(key: StepKey): void {
    const known = this.#view.step(key);
    const work = this.#calls.find(key)?.work;
    if (known?.status !== "due" || work === undefined || work === null) return;
    const policy = this.#view.policy(key) ?? work.policy;
    this.#propose({ kind: "startStep", key, attempt: known.attempt, policy, calledAtMs: null });
  }

  #propose(start: StartStep): void {
    this.#view.mark(start.key, { status: "running", attempt: start.attempt });
    this.gather.add(start);
  }

  #callFrontier(lostAttempts: number): void {
    for (const start of this.gather.uncalledStarts()) {
      start.attempt += lostAttempts;
      this.#call(start);
    }
  }

  #call(start: StartStep): void {
    const work = this.#calls.find(start.key)?.work;
    if (work === undefined || work === null || this.isOver || this.#stopping) return;
    start.calledAtMs = Date.now();
    this.#attempts.begin(start, work);
  }

  #onAttemptEnd({ key, attempt }: StartStep, end: AttemptEnd): void {
    if (this.isOver) return;
    switch (end.kind) {
      case "returned": {
        const { output } = end;
        this.#view.markEnded(key);
        const operations = [{ kind: "completeStep", key, attempt, output }] as const;
        this.#queue.push({ key, outcome: { kind: "returned", output }, operations });
        break;
      }
      case "threw": {
        const { failure, final, retryDelayMs } = end;
        if (final) this.#view.markEnded(key);
        else this.#view.mark(key, { status: "backingOff", attempt: attempt + 1 });
        const operations = [{ kind: "failStep", key, attempt, failure, final, retryDelayMs }] as const;
        this.#queue.push({ key, outcome: final ? { kind: "threw", failure } : null, operations });
        break;
      }
      case "unserialisable": {
        const { failure } = end;
        const failed = { kind: "failStep", key, attempt, failure, final: true, retryDelayMs: null } as const;
        this.#queue.push({ key, outcome: null, operations: [failed, { kind: "failInstance", failure }] });
        break;
      }
    }
    this.onChange();
  }
}
