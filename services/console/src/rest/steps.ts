import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Failure } from "perdure/proto/perdure/v1/failure_pb";
import type { EventAccepted, JournalEntry, JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import type { Payload } from "perdure/proto/perdure/v1/payload_pb";
import { type StepConfig, type StepKey, StepKind } from "perdure/proto/perdure/v1/step_pb";
import { stepLabel } from "perdure/names";
import { decodeValue } from "perdure/values/decode";
import { jsonForm } from "perdure/values/json-form";
import { policyFromWire } from "perdure/worker/step-policy";
import { isoTime } from "./time.ts";

export interface ErrorView {
  readonly name: string;
  readonly message: string;
}

export interface AttemptView {
  readonly start: string | null;
  end: string | null;
  success: boolean | null;
  error: ErrorView | null;
}

/** A step, or the undoing of one. */
export interface StepView {
  readonly type: "step" | "rollback";
  readonly name: string;
  readonly start: string | null;
  end: string | null;
  success: boolean | null;
  /** JSON text. */
  output: string | null;
  readonly config: object;
  readonly attempts: AttemptView[];
}

export interface TimerView {
  readonly type: "sleep" | "waitForEvent";
  readonly name: string;
  readonly start: string | null;
  /** When it is due; once it is over, when it was. */
  end: string | null;
  finished: boolean;
  error: ErrorView | null;
  readonly event_type?: string;
  output?: string;
}

export interface TerminationView {
  readonly type: "termination";
  readonly trigger: { readonly source: string };
}

export type EntryView = StepView | TimerView | TerminationView;

/** What a run has done, as the REST interface tells it: folded from its journal. */
export class Steps {
  readonly views: EntryView[] = [];
  /** Payloads that steps and waits came to, for those who ask for one. */
  readonly outputs = new Map<EntryView, Payload | undefined>();
  readonly #byKey = new Map<string, EntryView>();
  readonly #events = new Map<number, EventAccepted>();

  apply({ entries, commitTime }: JournalRecord): void {
    for (const { entry } of entries) this.#apply(entry, commitTime);
  }

  /** @param label "charge-2". */
  find(type: EntryView["type"], label: string): EntryView | undefined {
    return this.views.find((view) => view.type === type && "name" in view && view.name === label);
  }

  #apply(entry: JournalEntry["entry"], at: Timestamp | undefined): void {
    switch (entry.case) {
      case "stepStarted": {
        const { key, config, startTime } = entry.value;
        const start = isoTime(startTime);
        const step = this.#step(key) ?? this.#begin(key, stepView(key, config, start));
        if ("attempts" in step) step.attempts.push({ start, end: null, success: null, error: null });
        return;
      }
      case "stepCompleted":
        return this.#endStep(entry.value.key, at, { success: true, output: entry.value.output });
      case "stepFailed": {
        const { key, failure, retryTime } = entry.value;
        this.#endAttempt(key, at, failure);
        if (retryTime === undefined) this.#endStep(key, at, { success: false });
        return;
      }
      case "sleepStarted": {
        const { key, dueTime } = entry.value;
        this.#begin(key, timerView("sleep", key, at, dueTime));
        return;
      }
      case "waitStarted": {
        const { key, dueTime, eventType, otherEventTypes } = entry.value;
        const types = [eventType, ...otherEventTypes].join(", ");
        this.#begin(key, { ...timerView("waitForEvent", key, at, dueTime), event_type: types });
        return;
      }
      case "sleepCompleted":
      case "waitCancelled":
        return this.#endTimer(entry.value.key, at);
      case "waitTimedOut":
        return this.#endTimer(entry.value.key, at, { name: "WorkflowTimeoutError", message: "Execution timed out" });
      case "waitCompleted": {
        const view = this.#step(entry.value.key);
        const payload = this.#events.get(entry.value.event)?.payload;
        this.#endTimer(entry.value.key, at);
        if (view !== undefined) this.outputs.set(view, payload);
        if (view?.type === "waitForEvent") view.output = jsonText(payload);
        return;
      }
      case "eventAccepted":
        this.#events.set(entry.value.event, entry.value);
        return;
      case "instanceTerminated":
        this.views.push({ type: "termination", trigger: { source: "api" } });
        return;
      case "retryDue":
      case "leaseGranted":
      case "leaseLost":
      case "parked":
      case "outcomeDelivered":
      case "pauseRequested":
      case "paused":
      case "resumed":
      case "rollbackStarted":
      case "rollbackCompleted":
      case "rollbackFailed":
      case "instanceCompleted":
      case "instanceFailed":
      case "instanceRestarted":
      case "instancePurged":
      case "restartRequested":
      case "restartedFrom":
      case undefined:
        return;
    }
  }

  #begin<V extends EntryView>(key: StepKey | undefined, view: V): V {
    this.views.push(view);
    this.#byKey.set(textOf(key), view);
    return view;
  }

  #step(key: StepKey | undefined): EntryView | undefined {
    return this.#byKey.get(textOf(key));
  }

  #endAttempt(key: StepKey | undefined, at: Timestamp | undefined, failure?: Failure): void {
    const step = this.#step(key);
    const attempt = step !== undefined && "attempts" in step ? step.attempts.at(-1) : undefined;
    if (attempt === undefined) return;
    const error = failure === undefined ? null : { name: failure.name, message: failure.message };
    Object.assign(attempt, { end: isoTime(at), success: error === null, error });
  }

  #endStep(
    key: StepKey | undefined,
    at: Timestamp | undefined,
    { success, output }: { readonly success: boolean; readonly output?: Payload | undefined },
  ): void {
    const step = this.#step(key);
    if (step === undefined || !("attempts" in step)) return;
    if (success) {
      this.#endAttempt(key, at);
      this.outputs.set(step, output);
    }
    Object.assign(step, { end: isoTime(at), success, output: success ? jsonText(output) : null });
  }

  #endTimer(key: StepKey | undefined, at: Timestamp | undefined, error: ErrorView | null = null): void {
    const timer = this.#step(key);
    if (timer !== undefined && "finished" in timer) Object.assign(timer, { end: isoTime(at), finished: true, error });
  }
}

function stepView(key: StepKey | undefined, config: StepConfig | undefined, start: string | null): StepView {
  return {
    type: key?.kind === StepKind.ROLLBACK ? "rollback" : "step",
    name: labelOf(key),
    start,
    end: null,
    success: null,
    output: null,
    config: config === undefined ? {} : configView(config),
    attempts: [],
  };
}

function timerView(type: TimerView["type"], key: StepKey | undefined, at?: Timestamp, due?: Timestamp): TimerView {
  // A timer that was due at once has nothing to wait for.
  const end = due !== undefined && at !== undefined && timestampMs(due) < timestampMs(at) ? at : due;
  return { type, name: labelOf(key), start: isoTime(at), end: isoTime(end), finished: false, error: null };
}

function configView(config: StepConfig): object {
  const { retryLimit, retryDelayMs, backoff, timeoutMs, dynamicDelay } = policyFromWire(config);
  return {
    retries: { limit: retryLimit, delay: dynamicDelay ? "[dynamic]" : retryDelayMs, backoff },
    timeout: timeoutMs,
    ...(config.sensitive && { sensitive: "output" }),
  };
}

function jsonText(payload: Payload | undefined): string {
  return JSON.stringify(payload === undefined ? null : jsonForm(decodeValue(payload))) ?? "null";
}

const labelOf = (key: StepKey | undefined): string => stepLabel(key?.name ?? "", key?.count ?? 1);
const textOf = (key: StepKey | undefined): string => `${key?.kind}:${key?.count}:${key?.name}`;
