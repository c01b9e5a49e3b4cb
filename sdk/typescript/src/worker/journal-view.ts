import type { JournalEntry } from "../../gen/perdure/v1/journal_pb.ts";
import type { StepKey as WireStepKey } from "../../gen/perdure/v1/step_pb.ts";
import { WorkflowInternalError } from "../errors.ts";
import type { Operation } from "./operation.ts";
import type { AcceptedEvent, Outcome } from "./outcome.ts";
import { keyText, type StepKey } from "./step-key.ts";
import { policyFromWire, type StepPolicy } from "./step-policy.ts";
import { epochMsOf } from "./wire-time.ts";

/** What is known of a step that the journal names. In `backingOff` and `due` the attempt is the next one. */
export type KnownStep =
  | { readonly status: "running" | "backingOff" | "due"; readonly attempt: number }
  /** A sleep or a wait: started; or ended, and `run` is still to see it. */
  | { readonly status: "pending" | "decided" }
  /** Its outcome has been delivered, or is on its way. */
  | { readonly status: "ended" };

/** An outcome on its way to `run`, with what is to be reported right before `run` sees it. */
export interface Delivery {
  readonly key: StepKey;
  readonly outcome: Outcome | null;
  readonly operations: readonly Operation[];
}

/** One for all: a long run has many. */
const ENDED: KnownStep = { status: "ended" };

/** How sleeps and waits end. */
const ENDS: ReadonlySet<JournalEntry["entry"]["case"]> = new Set(["sleepCompleted", "waitCompleted", "waitTimedOut"]);

/** What the journal says, folded: the steps it names, and the ends of sleeps and waits that `run` has not seen. */
export class JournalView {
  readonly #steps = new Map<string, KnownStep>();
  readonly #policies = new Map<string, StepPolicy>();
  readonly #timeoutsMs = new Map<string, number>();
  readonly #events = new Map<number, AcceptedEvent>();
  /** Number of the newest event. */
  #eventsSeen = 0;
  /** In the order in which they were decided. */
  readonly #decided = new Map<string, { readonly key: StepKey; readonly outcome: Outcome }>();

  step(key: StepKey): KnownStep | undefined {
    return this.#steps.get(keyText(key));
  }

  /** The policy that a step's first start was journaled with. */
  policy(key: StepKey): StepPolicy | undefined {
    return this.#policies.get(keyText(key));
  }

  mark(key: StepKey, step: KnownStep): void {
    this.#steps.set(keyText(key), step);
  }

  /** Notes the policy of a first start, and the timeout of a wait, that this run itself reports. */
  notePolicy(key: StepKey, policy: StepPolicy): void {
    this.#policies.set(keyText(key), policy);
  }

  noteTimeout(key: StepKey, timeoutMs: number): void {
    this.#timeoutsMs.set(keyText(key), timeoutMs);
  }

  /** Notes that a step has ended, and lets go of what was kept for it. */
  markEnded(key: StepKey): void {
    this.mark(key, ENDED);
    this.#policies.delete(keyText(key));
    this.#timeoutsMs.delete(keyText(key));
  }

  /**
   * Takes in an entry that came while the run was in this process. What it knows already, or has told the engine
   * itself, is no news: an answer may bring it again.
   */
  learn(entry: JournalEntry): Delivery | null {
    return this.#isNew(entry) ? this.apply(entry) : null;
  }

  /** Takes in an entry. Returns the outcome that `run` has seen, or is to see, at this place of the journal. */
  apply({ entry }: JournalEntry): Delivery | null {
    switch (entry.case) {
      case "stepStarted": {
        const { attempt, config } = entry.value;
        const key = keyOf(entry.value);
        if (config !== undefined) this.notePolicy(key, policyFromWire(config));
        this.mark(key, { status: "running", attempt });
        return null;
      }
      case "stepCompleted":
        return this.#end(keyOf(entry.value), { kind: "returned", output: entry.value.output });
      case "stepFailed": {
        const { attempt, failure, retryTime } = entry.value;
        const key = keyOf(entry.value);
        if (retryTime === undefined && failure !== undefined) return this.#end(key, { kind: "threw", failure });
        this.mark(key, { status: "backingOff", attempt: attempt + 1 });
        return null;
      }
      case "retryDue":
        this.mark(keyOf(entry.value), { status: "due", attempt: entry.value.attempt });
        return null;
      case "sleepStarted":
        this.mark(keyOf(entry.value), { status: "pending" });
        return null;
      case "waitStarted": {
        const key = keyOf(entry.value);
        this.noteTimeout(key, entry.value.timeoutMs);
        this.mark(key, { status: "pending" });
        return null;
      }
      case "sleepCompleted":
        this.#decide(keyOf(entry.value), { kind: "slept" });
        return null;
      case "waitCompleted":
        this.#decide(keyOf(entry.value), { kind: "received", event: this.#takeEvent(entry.value.event) });
        return null;
      case "waitTimedOut": {
        const key = keyOf(entry.value);
        this.#decide(key, { kind: "timedOut", timeoutMs: this.#timeoutsMs.get(keyText(key)) ?? 0 });
        return null;
      }
      case "eventAccepted": {
        const { event, type, payload, acceptTime } = entry.value;
        this.#eventsSeen = event;
        this.#events.set(event, { number: event, type, payload, acceptedAtMs: epochMsOf(acceptTime) });
        return null;
      }
      case "outcomeDelivered": {
        const key = keyOf(entry.value);
        const decided = this.#decided.get(keyText(key));
        this.#decided.delete(keyText(key));
        return decided === undefined ? null : this.#end(key, decided.outcome);
      }
      case "waitCancelled": {
        const key = keyOf(entry.value);
        this.release(this.#decided.get(keyText(key))?.outcome ?? null);
        this.#decided.delete(keyText(key));
        return this.#end(key, { kind: "cancelled" });
      }
      case "rollbackStarted":
      case "rollbackCompleted":
      case "rollbackFailed":
      case "restartRequested":
      case "restartedFrom":
      case "leaseGranted":
      case "leaseLost":
      case "parked":
      case "pauseRequested":
      case "paused":
      case "resumed":
      case "instanceCompleted":
      case "instanceFailed":
      case "instanceTerminated":
      case "instanceRestarted":
      case "instancePurged":
      case undefined:
        return null;
    }
  }

  /** The ends of sleeps and waits that `run` has not seen, in the order in which they were decided. */
  takeUndelivered(): readonly Delivery[] {
    const deliveries = [...this.#decided.values()].map(({ key, outcome }) => ({
      ...this.#end(key, outcome),
      operations: [{ kind: "deliverOutcome", key } as const],
    }));
    this.#decided.clear();
    return deliveries;
  }

  /** An event that a cancelled wait was given may be given to another. */
  release(outcome: Outcome | null): void {
    if (outcome?.kind === "received") this.#events.set(outcome.event.number, outcome.event);
  }

  #isNew({ entry }: JournalEntry): boolean {
    if (entry.case === "eventAccepted") return entry.value.event > this.#eventsSeen;
    if (entry.case === undefined || !("key" in entry.value) || entry.value.key === undefined) return false;
    const known = this.step(entry.value.key);
    if (entry.case === "retryDue") return known?.status === "backingOff" && known.attempt === entry.value.attempt;
    // With a retry it is as the run reported it. Without, the engine may have known better.
    if (entry.case === "stepFailed") return entry.value.retryTime === undefined && known?.status !== "ended";
    return ENDS.has(entry.case) && known?.status === "pending";
  }

  #end(key: StepKey, outcome: Outcome): Delivery {
    this.markEnded(key);
    return { key, outcome, operations: [] };
  }

  #decide(key: StepKey, outcome: Outcome): void {
    this.mark(key, { status: "decided" });
    this.#decided.set(keyText(key), { key, outcome });
  }

  #takeEvent(number: number): AcceptedEvent {
    const event = this.#events.get(number);
    if (event === undefined) throw new WorkflowInternalError(`The journal has no event ${number}`);
    this.#events.delete(number);
    return event;
  }
}

function keyOf({ key }: { readonly key?: WireStepKey | undefined }): StepKey {
  if (key === undefined) throw new WorkflowInternalError("The journal has an entry that names no step");
  const { kind, name, count } = key;
  return { kind, name, count };
}
