import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type JournalEntrySchema, type JournalRecord, JournalRecordSchema } from "perdure/proto/perdure/v1/journal_pb";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";

type Entry = NonNullable<MessageInitShape<typeof JournalEntrySchema>["entry"]>;

/** A record as the engine sends it, at so many ms after the epoch. */
export function record(position: number, atMs: number, ...entries: readonly Entry[]): JournalRecord {
  return create(JournalRecordSchema, {
    position,
    commitTime: timestampFromMs(atMs),
    entries: entries.map((entry) => ({ entry })),
  });
}

export const doKey = (name: string, count = 1) => ({ kind: StepKind.DO, name, count });
export const sleepKey = (name: string, count = 1) => ({ kind: StepKind.SLEEP, name, count });
export const waitKey = (name: string, count = 1) => ({ kind: StepKind.WAIT, name, count });

export const started = (name: string, atMs: number, attempt = 1): Entry => ({
  case: "stepStarted",
  value: { key: doKey(name), attempt, startTime: timestampFromMs(atMs) },
});

export const completed = (name: string, json: string, attempt = 1): Entry => ({
  case: "stepCompleted",
  value: { key: doKey(name), attempt, output: { content: { case: "json", value: json } } },
});

export const failed = (name: string, message: string, retryAtMs: number | null, attempt = 1): Entry => ({
  case: "stepFailed",
  value: {
    key: doKey(name),
    attempt,
    failure: { name: "TypeError", message },
    ...(retryAtMs !== null && { retryTime: timestampFromMs(retryAtMs) }),
  },
});

export const waitStarted = (name: string, eventType: string, dueAtMs: number, timeoutMs: number): Entry => ({
  case: "waitStarted",
  value: { key: waitKey(name), eventType, dueTime: timestampFromMs(dueAtMs), timeoutMs },
});

export const sleepStarted = (name: string, dueAtMs: number): Entry => ({
  case: "sleepStarted",
  value: { key: sleepKey(name), dueTime: timestampFromMs(dueAtMs) },
});

export const paused: Entry = { case: "paused", value: {} };
export const resumed: Entry = { case: "resumed", value: {} };
