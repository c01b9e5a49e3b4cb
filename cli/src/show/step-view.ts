import type { Failure } from "perdure/proto/perdure/v1/failure_pb";
import type { Payload } from "perdure/proto/perdure/v1/payload_pb";
import { type StepKey, StepKind, StepKindSchema } from "perdure/proto/perdure/v1/step_pb";
import { plain } from "../output.ts";
import { enumWord, failureJson, payloadJson } from "./json.ts";

/** What became of a step so far. Instants in ms since the epoch. */
export type StepProgress =
  | { readonly status: "running" }
  /** Its worker was lost; another attempt follows. */
  | { readonly status: "interrupted" }
  /** The instance ended before it did. */
  | { readonly status: "abandoned" }
  | { readonly status: "backingOff"; readonly retryAt: number; readonly failure: Failure | undefined }
  | { readonly status: "due" }
  | { readonly status: "sleeping"; readonly dueAt: number }
  | { readonly status: "waiting"; readonly dueAt: number; readonly eventTypes: readonly string[] }
  | { readonly status: "complete"; readonly endedAt: number; readonly output: Payload | undefined }
  | { readonly status: "failed"; readonly endedAt: number; readonly failure: Failure | undefined }
  | { readonly status: "timedOut"; readonly endedAt: number }
  /** A wait that `run` has ended itself. */
  | { readonly status: "cancelled"; readonly endedAt: number };

/** A step as the journal tells it. */
export interface StepView {
  readonly key: StepKey;
  /** Attempts so far; 0 for sleeps and waits, which have none. */
  readonly attempts: number;
  /** Start of the first attempt. */
  readonly startedAt: number;
  /** Start of the newest attempt. */
  readonly attemptStartedAt: number;
  readonly progress: StepProgress;
}

/** A step as people read it: its name, and the how-many-th use of it from the second on. */
export function stepName({ kind, name, count }: StepKey): string {
  const shown = `${kind === StepKind.ROLLBACK ? "undo " : ""}${name === "" ? '""' : plain(name)}`;
  return count === 1 ? shown : `${shown} (${count})`;
}

/** Whether a step is tried, and perhaps tried again. */
export function hasAttempts({ kind }: StepKey): boolean {
  return kind === StepKind.DO || kind === StepKind.ROLLBACK;
}

/** A step as programs read it. */
export function stepJson({ key, attempts, startedAt, progress }: StepView): Readonly<Record<string, unknown>> {
  return {
    kind: enumWord(StepKindSchema, key.kind),
    name: key.name,
    count: key.count,
    status: progress.status,
    ...(hasAttempts(key) && { attempts }),
    startTime: iso(startedAt),
    ...progressJson(progress),
  };
}

function progressJson(progress: StepProgress): Readonly<Record<string, unknown>> {
  switch (progress.status) {
    case "running":
    case "interrupted":
    case "abandoned":
    case "due":
      return {};
    case "backingOff":
      return { retryTime: iso(progress.retryAt), ...errorJson(progress.failure) };
    case "sleeping":
      return { dueTime: iso(progress.dueAt) };
    case "waiting": {
      const [eventType, ...otherEventTypes] = progress.eventTypes;
      const others = otherEventTypes.length > 0 && { otherEventTypes };
      return { eventType, ...others, dueTime: iso(progress.dueAt) };
    }
    case "complete":
      return { endTime: iso(progress.endedAt), output: payloadJson(progress.output) };
    case "failed":
      return { endTime: iso(progress.endedAt), ...errorJson(progress.failure) };
    case "timedOut":
    case "cancelled":
      return { endTime: iso(progress.endedAt) };
  }
}

function errorJson(failure: Failure | undefined): Readonly<Record<string, unknown>> {
  return failure === undefined ? {} : { failure: failureJson(failure) };
}

const iso = (ms: number): string => new Date(ms).toISOString();
