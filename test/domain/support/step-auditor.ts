import type { EntryOf, JournalRecord, LeaseLostReason } from "../../../services/engine/src/domain/entry.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import { keyText, type StepConfig, type StepKey } from "../../../services/engine/src/domain/step.ts";
import { must } from "./violation.ts";

type Seen =
  | { readonly at: "running"; readonly attempt: number; readonly config: StepConfig }
  | { readonly at: "backingOff"; readonly attempt: number; readonly config: StepConfig; readonly dueAt: number }
  | { readonly at: "due"; readonly attempt: number; readonly config: StepConfig }
  | { readonly at: "sleeping"; readonly dueAt: number }
  | { readonly at: "awaiting"; readonly dueAt: number; readonly types: readonly string[]; readonly fresh: boolean }
  /** What a wait was given. */
  | { readonly at: "undelivered"; readonly event: number | null }
  | { readonly at: "over" };

interface SeenEvent {
  readonly type: string;
  readonly taken: boolean;
}

/** What entered and left the sight of one run: steps, sleeps, waits and events, each at its place. */
export class StepAuditor {
  readonly #steps = new Map<string, Seen>();
  readonly #events: SeenEvent[] = [];
  readonly #requestIds = new Set<string>();
  /** What undoes the steps that can be undone, newest first. */
  readonly #undoable: StepKey[] = [];
  #now = 0;
  #frozen = false;
  /** The time of the timer that fired last in this record. */
  #firedDueAt = -Infinity;

  get hasNews(): boolean {
    return this.#any("undelivered") || this.#any("due");
  }

  get hasTimer(): boolean {
    return [...this.#steps.values()].some((step) => "dueAt" in step);
  }

  get undoable(): readonly StepKey[] {
    return this.#undoable;
  }

  /** What `run` was about is over. */
  abandon(): void {
    this.#steps.clear();
  }

  requireIdle(): void {
    must(!this.#any("running"), "the lease goes while a step runs");
  }

  beginRecord(now: number, frozen: boolean): void {
    this.#now = now;
    this.#frozen = frozen;
    this.#firedDueAt = -Infinity;
  }

  endRecord(after: { leased: boolean; ended: boolean; move: Move; record: JournalRecord }): void {
    if (after.ended) return;
    for (const [text, step] of this.#steps) {
      must(step.at !== "running" || after.leased, `${text} runs without a lease`);
      if (step.at !== "awaiting") continue;
      const kept = this.#events.some(({ type, taken }) => step.types.includes(type) && !taken);
      must(!kept, `${text} waits though an event of its type is kept`);
      this.#steps.set(text, { ...step, fresh: false });
    }
    const looksAtClock = after.move.kind !== "resume" && after.move.kind !== "settle";
    const overdue = [...this.#steps.values()].some((step) => "dueAt" in step && step.dueAt <= this.#now);
    must(!overdue || this.#frozen || !looksAtClock, "a timer is due and has not fired");
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(ms: number): void {
    this.#frozen = false;
    for (const [text, step] of this.#steps) {
      if ("dueAt" in step) this.#steps.set(text, { ...step, dueAt: step.dueAt + Math.max(0, ms) });
    }
  }

  start({ key, attempt, config }: EntryOf<"stepStarted">, unheard: number): void {
    const text = keyText(key);
    const step = this.#steps.get(text);
    const due = step?.at === "due" ? step : null;
    must(step === undefined || due !== null, `${text} starts while it is ${step?.at}`);
    const least = due?.attempt ?? 1;
    must(Number.isInteger(attempt) && attempt >= least && attempt <= least + unheard, `${text} miscounts attempts`);
    must((config === null) === (due !== null), `the config of ${text} comes with its first start`);
    this.#steps.set(text, { at: "running", attempt, config: config ?? due!.config });
    if (key.kind === "do" && config?.rollback === true) this.#undoable.unshift({ ...key, kind: "rollback" });
  }

  complete({ key, attempt }: EntryOf<"stepCompleted">): void {
    const text = keyText(key);
    const step = this.#steps.get(text);
    must(step?.at === "running" && step.attempt === attempt, `${text} completes while it is ${step?.at}`);
    this.#steps.set(text, { at: "over" });
  }

  fail({ key, attempt, retryAt }: EntryOf<"stepFailed">): void {
    const text = keyText(key);
    const step = this.#steps.get(text);
    must(step?.at === "running" && step.attempt === attempt, `${text} fails while it is ${step?.at}`);
    const { config } = step;
    if (retryAt !== null) must(retryAt >= this.#now, `${text} is retried in the past`);
    this.#steps.set(
      text,
      retryAt === null ? { at: "over" } : { at: "backingOff", attempt: attempt + 1, config, dueAt: retryAt },
    );
  }

  retryDue({ key, attempt }: EntryOf<"retryDue">, loss: LeaseLostReason | null): void {
    const text = keyText(key);
    const step = this.#steps.get(text);
    if (step?.at === "running") must(loss !== null && loss !== "expired", `${text} is due while it runs`);
    else {
      must(step?.at === "backingOff", `${text} is due while it is ${step?.at}`);
      this.#fired(text, step.dueAt);
    }
    must(step.attempt === attempt, `${text} is due with another attempt`);
    this.#steps.set(text, { at: "due", attempt, config: step.config });
  }

  startSleep({ key, dueAt }: EntryOf<"sleepStarted">): void {
    this.#startTimer(keyText(key), { at: "sleeping", dueAt });
  }

  startWait({ key, dueAt, eventType, otherEventTypes }: EntryOf<"waitStarted">): void {
    this.#startTimer(keyText(key), { at: "awaiting", dueAt, types: [eventType, ...otherEventTypes], fresh: true });
  }

  fire({ kind, key }: EntryOf<"sleepCompleted" | "waitTimedOut">): void {
    const text = keyText(key);
    const step = this.#steps.get(text);
    const wanted = kind === "sleepCompleted" ? "sleeping" : "awaiting";
    must(step?.at === wanted && "dueAt" in step, `${text} ends while it is ${step?.at}`);
    this.#fired(text, step.dueAt);
    this.#steps.set(text, { at: "undelivered", event: null });
  }

  completeWait({ key, event }: EntryOf<"waitCompleted">): void {
    const text = keyText(key);
    const step = this.#steps.get(text);
    must(step?.at === "awaiting", `${text} is given an event while it is ${step?.at}`);
    const oldest = this.#events.findIndex(({ type, taken }) => step.types.includes(type) && !taken);
    must(oldest === event - 1, `event ${event} is taken out of turn, or twice`);
    const { type } = this.#events[oldest]!;
    const longest = [...this.#steps].find(([, other]) => other.at === "awaiting" && other.types.includes(type));
    must(longest?.[0] === text, `${text} is given an event before ${longest?.[0]}`);
    must(step.fresh || this.#frozen || step.dueAt > this.#now, `${text} takes an event after its time`);
    this.#events[oldest] = { type, taken: true };
    this.#steps.set(text, { at: "undelivered", event });
  }

  cancelWait({ key }: EntryOf<"waitCancelled">): void {
    const text = keyText(key);
    const step = this.#steps.get(text);
    must(step?.at === "awaiting" || step?.at === "undelivered", `${text} is cancelled while it is ${step?.at}`);
    must(key.kind === "wait", `${text} is no wait and is cancelled`);
    const event = step.at === "undelivered" ? step.event : null;
    if (event !== null) this.#events[event - 1] = { type: this.#events[event - 1]!.type, taken: false };
    this.#steps.set(text, { at: "over" });
  }

  accept({ event, type, requestId }: EntryOf<"eventAccepted">): void {
    must(event === this.#events.length + 1, "events are counted without gaps");
    must(requestId === null || !this.#requestIds.has(requestId), "an event is accepted twice");
    if (requestId !== null) this.#requestIds.add(requestId);
    this.#events.push({ type, taken: false });
  }

  deliver({ key }: EntryOf<"outcomeDelivered">): void {
    const text = keyText(key);
    must(this.#steps.get(text)?.at === "undelivered", `${text} is delivered without an outcome, or twice`);
    this.#steps.set(text, { at: "over" });
  }

  #startTimer(text: string, step: Seen & { readonly dueAt: number }): void {
    must(!this.#steps.has(text), `${text} starts twice`);
    must(step.dueAt >= this.#now, `${text} ends before it starts`);
    this.#steps.set(text, step);
  }

  #fired(text: string, dueAt: number): void {
    must(!this.#frozen, `${text} fires during a pause`);
    must(dueAt <= this.#now, `${text} fires early`);
    must(dueAt >= this.#firedDueAt, `${text} fires out of order`);
    this.#firedDueAt = dueAt;
  }

  #any(at: Seen["at"]): boolean {
    return [...this.#steps.values()].some((step) => step.at === at);
  }
}
