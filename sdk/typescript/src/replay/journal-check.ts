import { create } from "@bufbuild/protobuf";
import { type JournalEntry, JournalRecordSchema } from "../../gen/perdure/v1/journal_pb.ts";
import { Doorbell } from "../worker/doorbell.ts";
import type { Operation } from "../worker/operation.ts";
import type { Run } from "../worker/run.ts";
import { keyText, type StepKey } from "../worker/step-key.ts";
import { compareEnd } from "./compare-end.ts";
import { Pairing } from "./pairing.ts";
import { type RecordedRun, retold, type Settlement } from "./recorded-run.ts";
import type { ReplayDifference, ReplayDifferenceKind } from "./report.ts";
import { requestOf } from "./request-of.ts";
import { inputChanges, stepOf, stepText, type StepRequest } from "./step-request.ts";

/** A function of Node's own: a test may fake the global one. */
const { setTimeout, clearTimeout } = globalThis;

/** What the code asked for, and when. */
interface Asked {
  readonly request: StepRequest;
  /** How many outcomes it had seen by then. */
  readonly turn: number;
  /** The record with the newest of them; 0 before the first. */
  readonly position: number;
}

export interface JournalCheckParts {
  /** A pass that has not begun. It has no right to report, so no callback is ever called. */
  readonly run: Run;
  readonly recorded: RecordedRun;
  /** How long the code may await things outside of steps, in all. */
  readonly patienceMs: number;
  /** Told the time that each outcome was journaled at. */
  readonly onTime: (ms: number) => void;
}

/** Leads a pass of `run` along a journal: gives it each outcome where the journal has it, and notes what differs. */
export class JournalCheck {
  readonly differences: ReplayDifference[] = [];
  /** The steps that they are about, by their keys' text. */
  readonly #different = new Set<string>();
  readonly notes: string[] = [];
  next: readonly string[] = [];
  readonly #parts: JournalCheckParts;
  readonly #asked = new Map<string, Asked>();
  readonly #cancelled = new Set<string>();
  /** Outcomes whose step the code had not asked for when their turn came; another step may have been given them. */
  readonly #early = new Map<string, Settlement>();
  readonly #due: Settlement[] = [];
  readonly #pairing = new Pairing();
  readonly #bell = new Doorbell();
  #patienceMs: number;
  #end: Operation | null = null;
  #turn = 0;
  #position = 0;
  #redacted = false;

  constructor(parts: JournalCheckParts) {
    this.#parts = parts;
    this.#patienceMs = parts.patienceMs;
    parts.run.onChange = () => this.#bell.ring();
  }

  async check(): Promise<void> {
    const { settlements, steps, end } = this.#parts.recorded;
    await this.#advance();
    for (const settlement of settlements) {
      // The code's own doing, at whatever came before.
      if (settlement.kind === "cancelled" && this.#cancelled.has(keyText(settlement.key))) continue;
      if (this.#end !== null) return this.#noteEarlyEnd(this.#end, settlement);
      await this.#settle(settlement);
    }
    const missing = (): boolean => [...steps.keys()].some((text) => !this.#isMet(text));
    const ends = end.kind === "complete" || end.kind === "errored";
    await this.#waitWhile(() => (ends ? this.#end === null : missing()));
    this.#noteUnmet();
    this.#noteAdded();
    if (ends) this.#noteEnd();
    else this.#noteNext();
  }

  /** Lets the code go on as far as it can, and notes what it asks for. */
  async #advance(): Promise<void> {
    const { run } = this.#parts;
    await run.advance();
    for (let operations = run.gather.take(); operations.length > 0; operations = run.gather.take()) {
      for (const operation of operations) this.#hear(operation);
    }
    for (let early = this.#due.shift(); early !== undefined; early = this.#due.shift()) {
      await this.#tell(early.entries);
    }
  }

  #hear(operation: Operation): void {
    if (operation.kind === "completeInstance" || operation.kind === "failInstance") this.#end = operation;
    else if (operation.kind === "cancelWait") this.#cancelled.add(keyText(operation.key));
    const request = requestOf(operation);
    if (request !== null) this.#onAsked(request);
  }

  #onAsked(request: StepRequest): void {
    const { key } = request;
    const text = keyText(key);
    this.#asked.set(text, { request, turn: this.#turn, position: this.#position });
    const recorded = this.#parts.recorded.steps.get(text);
    if (recorded === undefined) return this.#pairing.offer(request);
    for (const what of inputChanges(request, recorded)) this.#note("input", key, `${stepText(key)} has the ${what}`);
    const parted = this.#pairing.part(text);
    const early = this.#early.get(text);
    if (early === undefined) return;
    this.#early.delete(text);
    this.#due.push(early);
    if (!parted) this.#note("order", key, `${stepText(key)} is asked for only after the journal has its end`);
  }

  async #settle(settlement: Settlement): Promise<void> {
    const { key, kind, redacted, atMs } = settlement;
    const text = keyText(key);
    this.#parts.onTime(atMs);
    await this.#waitWhile(() => this.#end === null && !this.#asked.has(text));
    if (redacted) this.#noteRedacted(key);
    const recorded = this.#parts.recorded.steps.get(text);
    const standIn = this.#asked.has(text) || recorded === undefined ? null : this.#pairing.standInFor(recorded);
    if (!this.#asked.has(text)) this.#early.set(text, settlement);
    if (!this.#asked.has(text) && standIn === null) return;
    const cancels = this.#cancelled.has(text);
    if (cancels) this.#note("cancelled", key, `${stepText(key)} is cancelled, and in the journal run saw how it ended`);
    if (kind === "cancelled") {
      this.#note("cancelled", key, `${stepText(key)} is not cancelled, as it is in the journal`);
    }
    this.#turn += 1;
    this.#position = settlement.position;
    if (!cancels) await this.#tell(standIn === null ? settlement.entries : retold(settlement.entries, standIn.key));
  }

  async #tell(entries: readonly JournalEntry[]): Promise<void> {
    this.#parts.run.replay([create(JournalRecordSchema, { entries: [...entries] })]);
    await this.#advance();
  }

  /** Code that awaits something outside of steps is given what is left of its time. */
  async #waitWhile(lacking: () => boolean): Promise<void> {
    while (lacking() && this.#patienceMs > 0 && !this.#parts.run.isOver) {
      const begunAt = performance.now();
      const timer = setTimeout(() => this.#bell.ring(), this.#patienceMs);
      await this.#bell.rung();
      clearTimeout(timer);
      await this.#advance();
      this.#patienceMs -= performance.now() - begunAt;
    }
  }

  #isMet(text: string): boolean {
    return this.#asked.has(text) || this.#pairing.isPaired(text);
  }

  #noteEarlyEnd(end: Operation, next: Settlement): void {
    this.#noteEndBefore(end, `where the journal goes on with ${stepText(next.key)}`);
    this.#noteAdded();
  }

  #noteEndBefore(end: Operation, where: string): void {
    if (end.kind !== "failInstance") return this.#note("returned", null, `run returns ${where}`);
    const { name, message } = end.failure;
    this.#note("threw", null, `run throws ${name}: ${message}, ${where}${this.#doubt()}`);
  }

  /** What the journal has and the code does not ask for. */
  #noteUnmet(): void {
    for (const [text, recorded] of this.#parts.recorded.steps) {
      if (this.#isMet(text) || this.#pairing.standInFor(recorded) !== null) continue;
      const outer = this.#parts.recorded.within.get(text);
      const perhaps =
        outer === undefined ? "" : `; if a callback did, of ${stepText(outer)} say, that is not seen here`;
      const what = `${stepText(recorded.key)} is in the journal, and the code does not ask for it${perhaps}`;
      this.#note("gone", recorded.key, what);
    }
  }

  #noteAdded(): void {
    for (const { kind, code, journal } of this.#pairing.pairs) {
      const [now, then] = [stepText(code.key), stepText(journal.key)];
      this.#note(kind, code.key, `the code asks for ${now} where the journal has ${then}`);
    }
    for (const { key } of this.#pairing.unpaired) {
      if (!this.#isTold(this.#asked.get(keyText(key))!)) continue;
      this.#note("added", key, `the code asks for ${stepText(key)}, which the journal does not have`);
    }
  }

  /** Whether the journal would have what was asked for then. */
  #isTold({ turn, position }: Asked): boolean {
    const { end, toldAfterLast, position: last } = this.#parts.recorded;
    // What is asked for in the same breath as the end is never begun.
    if (end.kind === "complete" || end.kind === "errored") return this.#end === null || position < last;
    return turn < this.#turn || toldAfterLast;
  }

  #noteEnd(): void {
    const { end } = this.#parts.recorded;
    if (this.#end === null) {
      if (!this.differences.some(({ kind }) => kind === "added")) {
        this.#note("unended", null, "the code goes on where the run of the journal ended");
      }
      return;
    }
    const difference = compareEnd(this.#end, end);
    if (difference === null) return;
    if (this.#redacted) this.notes.push(`${difference}; this may be because of the redacted outputs`);
    else this.#note("outcome", null, difference);
  }

  /** A journal that ends where it does is no difference. */
  #noteNext(): void {
    const { settlements, toldAfterLast } = this.#parts.recorded;
    if (this.#end !== null && toldAfterLast) return this.#noteEndBefore(this.#end, "where the journal has it wait");
    const settled = settlements.map(({ key }) => keyText(key));
    const told = new Set([...settled, ...this.#cancelled, ...this.#different]);
    const open = [...this.#asked].filter(([text]) => !told.has(text)).map(([, { request }]) => stepText(request.key));
    this.next = this.#end === null ? open : ["the end of run"];
  }

  #noteRedacted(key: StepKey): void {
    this.#redacted = true;
    this.notes.push(`the output of ${stepText(key)} is sensitive: the code was given "[REDACTED]" in its place`);
  }

  #doubt(): string {
    return this.#redacted ? "; this may be because of the redacted outputs" : "";
  }

  #note(kind: ReplayDifferenceKind, step: StepKey | null, message: string): void {
    if (step !== null) this.#different.add(keyText(step));
    this.differences.push({ kind, step: step === null ? null : stepOf(step), message });
  }
}
