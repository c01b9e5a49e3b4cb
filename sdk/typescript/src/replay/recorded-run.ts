import { clone, create } from "@bufbuild/protobuf";
import type { Failure } from "../../gen/perdure/v1/failure_pb.ts";
import {
  type JournalEntry,
  JournalEntrySchema,
  type JournalRecord,
  RollbackCause,
} from "../../gen/perdure/v1/journal_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { StepKeySchema, StepKind } from "../../gen/perdure/v1/step_pb.ts";
import { keyText, type StepKey } from "../worker/step-key.ts";
import { policyFromWire } from "../worker/step-policy.ts";
import { epochMsOf } from "../worker/wire-time.ts";
import type { StepRequest } from "./step-request.ts";

/** How the run of a journal ended. `cut`: by a caller, who terminated or restarted it. */
export type RecordedEnd =
  | { readonly kind: "complete"; readonly output: Payload | undefined }
  | { readonly kind: "errored"; readonly failure: Failure | undefined }
  | { readonly kind: "cut" }
  | { readonly kind: "open" };

/** A place of the journal at which `run` saw how a step ended. */
export interface Settlement {
  readonly key: StepKey;
  readonly kind: "ended" | "cancelled";
  readonly atMs: number;
  /** Its record. */
  readonly position: number;
  /** Whether the journal has "[REDACTED]" in place of the output. */
  readonly redacted: boolean;
  /** What tells it to a pass of `run`: all that it has to know of this step. */
  readonly entries: readonly JournalEntry[];
}

/** What a journal says of one run, as far as the code that made it can be told. */
export class RecordedRun {
  /** By their keys' text, in the order in which they started. */
  readonly steps = new Map<string, StepRequest>();
  /** Of those that started while a callback ran: the step whose callback that was, the oldest of several. */
  readonly within = new Map<string, StepKey>();
  readonly settlements: Settlement[] = [];
  /** Whether something that `run` asked for is recorded after the newest settlement. */
  toldAfterLast = false;
  end: RecordedEnd = { kind: "open" };
  /** The record that was read last: with an end, the one that has it. */
  position = 0;
  /** Entries that belong to a sleep or a wait that is still to be seen by `run`. */
  readonly #open = new Map<string, JournalEntry[]>();
  /** Steps whose callbacks run. */
  readonly #running = new Map<string, StepKey>();
  readonly #events = new Map<number, JournalEntry>();

  constructor(records: readonly JournalRecord[]) {
    for (const { position, entries, commitTime } of records) {
      if (this.end.kind !== "open") return;
      this.position = position;
      for (const entry of entries) this.#apply(entry, epochMsOf(commitTime));
    }
  }

  #apply(entry: JournalEntry, atMs: number): void {
    const { entry: one } = entry;
    switch (one.case) {
      case "stepStarted": {
        const { key, config } = one.value;
        if (key?.kind !== StepKind.DO || config === undefined) return;
        return this.#start(key, { kind: "do", key, policy: policyFromWire(config) }, []);
      }
      case "sleepStarted": {
        const { key, dueTime } = one.value;
        const untilMs = epochMsOf(dueTime);
        if (key !== undefined) this.#start(key, { kind: "sleep", key, ms: untilMs - atMs, untilMs }, [entry]);
        return;
      }
      case "waitStarted": {
        const { key, eventType, otherEventTypes, timeoutMs } = one.value;
        const eventTypes = [eventType, ...otherEventTypes];
        if (key !== undefined) this.#start(key, { kind: "wait", key, eventTypes, timeoutMs }, [entry]);
        return;
      }
      case "stepCompleted":
        return this.#settle(one.value.key, "ended", atMs, [entry], one.value.sensitive);
      case "stepFailed":
        if (one.value.retryTime === undefined) this.#settle(one.value.key, "ended", atMs, [entry]);
        return;
      case "eventAccepted":
        this.#events.set(one.value.event, entry);
        return;
      case "waitCompleted": {
        const event = this.#events.get(one.value.event);
        this.#openOf(one.value.key)?.push(...(event === undefined ? [] : [event]), entry);
        return;
      }
      case "sleepCompleted":
      case "waitTimedOut":
        this.#openOf(one.value.key)?.push(entry);
        return;
      case "outcomeDelivered":
        return this.#settle(one.value.key, "ended", atMs, [...(this.#openOf(one.value.key) ?? []), entry]);
      case "waitCancelled":
        return this.#settle(one.value.key, "cancelled", atMs, [entry]);
      case "parked":
        this.toldAfterLast = true;
        return;
      case "instanceCompleted":
        this.end = { kind: "complete", output: one.value.output };
        return;
      case "instanceFailed":
        this.end = { kind: "errored", failure: one.value.failure };
        return;
      case "rollbackStarted": {
        const { cause, failure } = one.value;
        this.end = cause === RollbackCause.FAILED ? { kind: "errored", failure } : { kind: "cut" };
        return;
      }
      case "instanceTerminated":
      case "instanceRestarted":
      case "restartRequested":
        this.end = { kind: "cut" };
        return;
      case "retryDue":
      case "leaseGranted":
      case "leaseLost":
      case "pauseRequested":
      case "paused":
      case "resumed":
      case "instancePurged":
      case "rollbackCompleted":
      case "rollbackFailed":
      case "restartedFrom":
      case undefined:
        return;
    }
  }

  #start(key: StepKey, request: StepRequest, entries: readonly JournalEntry[]): void {
    const [running] = this.#running.values();
    if (running !== undefined) this.within.set(keyText(key), running);
    if (key.kind === StepKind.DO) this.#running.set(keyText(key), key);
    this.steps.set(keyText(key), request);
    this.#open.set(keyText(key), [...entries]);
    this.toldAfterLast = true;
  }

  #openOf(key: StepKey | undefined): JournalEntry[] | undefined {
    return key && this.#open.get(keyText(key));
  }

  #settle(
    key: StepKey | undefined,
    kind: Settlement["kind"],
    atMs: number,
    entries: readonly JournalEntry[],
    redacted = false,
  ): void {
    if (key === undefined || key.kind === StepKind.ROLLBACK) return;
    this.#open.delete(keyText(key));
    this.#running.delete(keyText(key));
    this.settlements.push({ key, kind, atMs, position: this.position, redacted, entries });
    this.toldAfterLast = false;
  }
}

/** The same of another step. */
export function retold(entries: readonly JournalEntry[], key: StepKey): readonly JournalEntry[] {
  return entries.map((entry) => {
    const copy = clone(JournalEntrySchema, entry);
    if (copy.entry.value !== undefined && "key" in copy.entry.value) copy.entry.value.key = create(StepKeySchema, key);
    return copy;
  });
}
