import type { JournalEntry, JournalRecord, LeaseLost } from "perdure/proto/perdure/v1/journal_pb";
import { LeaseLostReason } from "perdure/proto/perdure/v1/journal_pb";
import type { StepKey } from "perdure/proto/perdure/v1/step_pb";
import { plain } from "../output.ts";
import type { RunView } from "./run-view.ts";
import { stepName, type StepView } from "./step-view.ts";
import { failureText, valueText } from "./text.ts";
import { durationText, instant } from "./time.ts";

/** What a line shows of a value or a failure, in characters. */
const DETAIL_LENGTH_MAX = 100;

/** One line of what happened. */
export interface Line {
  /** In ms since the epoch. */
  readonly at: number;
  /** The step it is about; "" for the instance. */
  readonly step: string;
  readonly text: string;
  readonly tone: "quiet" | "progress" | "good" | "bad" | "attention";
}

/**
 * Tells a record in lines for people: one when a step starts and one when it ends. Leases given and released are
 * left out: they are the engine's business until one is lost.
 *
 * @param view Of the run, with this record applied.
 */
export function narrate(record: JournalRecord, view: RunView): readonly Line[] {
  const at = instant(record.commitTime) ?? 0;
  const endedHere = new Set(
    record.entries.flatMap(({ entry }) => (entry.case === "stepCompleted" ? [nameOf(entry.value)] : [])),
  );
  return record.entries.flatMap(({ entry }) => {
    if (entry.case === "stepStarted" && endedHere.has(nameOf(entry.value))) return [];
    const told = tell(entry, at, view);
    return told === null ? [] : [{ at, ...told }];
  });
}

function tell(entry: JournalEntry["entry"], at: number, view: RunView): Omit<Line, "at"> | null {
  switch (entry.case) {
    case "leaseLost":
      return lossLine(entry.value);
    case "stepStarted": {
      const again = entry.value.attempt > 1 ? `, attempt ${entry.value.attempt}` : "";
      return { step: nameOf(entry.value), text: `started${again}`, tone: "quiet" };
    }
    case "stepCompleted":
      return {
        step: nameOf(entry.value),
        text: `complete${took(view.step(entry.value.key), at)}${result(valueText(entry.value.output, DETAIL_LENGTH_MAX))}`,
        tone: "good",
      };
    case "stepFailed": {
      const { attempt, failure, retryTime } = entry.value;
      const why = failureText(failure, DETAIL_LENGTH_MAX);
      const retryAt = instant(retryTime);
      const next = retryAt === undefined ? "no attempt is left" : `next attempt in ${durationText(retryAt - at)}`;
      return { step: nameOf(entry.value), text: `attempt ${attempt} failed: ${why}; ${next}`, tone: "bad" };
    }
    case "sleepStarted": {
      const dueAt = instant(entry.value.dueTime) ?? at;
      return { step: nameOf(entry.value), text: `sleeps ${durationText(dueAt - at)}`, tone: "attention" };
    }
    case "sleepCompleted":
      return { step: nameOf(entry.value), text: "slept", tone: "good" };
    case "waitStarted": {
      const { eventType, otherEventTypes, timeoutMs } = entry.value;
      const types = [eventType, ...otherEventTypes].map((type) => `"${plain(type)}"`).join(" or ");
      const text = `waits for the event ${types}, at most ${durationText(timeoutMs)}`;
      return { step: nameOf(entry.value), text, tone: "attention" };
    }
    case "waitCompleted": {
      const progress = view.step(entry.value.key)?.progress;
      const payload = progress?.status === "complete" ? valueText(progress.output, DETAIL_LENGTH_MAX) : "";
      return { step: nameOf(entry.value), text: `has its event${result(payload)}`, tone: "good" };
    }
    case "waitTimedOut":
      return { step: nameOf(entry.value), text: "got no event in time", tone: "bad" };
    case "waitCancelled":
      return { step: nameOf(entry.value), text: "waits no longer", tone: "quiet" };
    case "eventAccepted":
      return { step: "", text: `event "${plain(entry.value.type)}" accepted`, tone: "progress" };
    case "pauseRequested":
      return { step: "", text: "pause asked for; steps in flight end first", tone: "attention" };
    case "paused":
      return { step: "", text: "paused", tone: "attention" };
    case "resumed":
      return { step: "", text: "resumed", tone: "progress" };
    case "instanceCompleted":
      return { step: "", text: `complete${result(valueText(entry.value.output, DETAIL_LENGTH_MAX))}`, tone: "good" };
    case "instanceFailed":
      return { step: "", text: `errored: ${failureText(entry.value.failure, DETAIL_LENGTH_MAX)}`, tone: "bad" };
    case "instanceTerminated":
      return { step: "", text: "terminated", tone: "bad" };
    case "instanceRestarted":
      return { step: "", text: "restarted", tone: "attention" };
    case "restartRequested":
      return { step: nameOf(entry.value), text: "restarts from here", tone: "attention" };
    case "rollbackStarted": {
      const steps = entry.value.steps.length;
      const why = failureText(entry.value.failure, DETAIL_LENGTH_MAX);
      return { step: "", text: `rolls back ${steps} ${steps === 1 ? "step" : "steps"}: ${why}`, tone: "attention" };
    }
    case "rollbackCompleted":
      return { step: "", text: "rolled back", tone: "good" };
    case "rollbackFailed":
      return { step: "", text: `rollback failed: ${failureText(entry.value.failure, DETAIL_LENGTH_MAX)}`, tone: "bad" };
    case "restartedFrom":
    case "leaseGranted":
    case "parked":
    case "retryDue":
    case "outcomeDelivered":
    case "instancePurged":
    case undefined:
      return null;
  }
}

/** A task that never reached its worker is nothing that people need to hear of. */
function lossLine({ reason }: LeaseLost): Omit<Line, "at"> | null {
  if (reason === LeaseLostReason.EXPIRED) {
    return { step: "", text: "its worker is lost; the next one goes on", tone: "bad" };
  }
  if (reason === LeaseLostReason.RELEASED) {
    return { step: "", text: "its worker has stopped; the next one goes on", tone: "attention" };
  }
  return null;
}

/** How long the attempt took that gave the result, and how many there were. */
function took(step: StepView | undefined, at: number): string {
  if (step === undefined) return "";
  const attempts = step.attempts > 1 ? ` at attempt ${step.attempts}` : "";
  return `${attempts} in ${durationText(at - step.attemptStartedAt)}`;
}

const nameOf = ({ key }: { readonly key?: StepKey | undefined }): string => (key === undefined ? "" : stepName(key));
const result = (value: string): string => (value === "" ? "" : ` → ${value}`);
