import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { DurationSchema, timestampFromMs, type Duration, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { ScheduledTimeSchema } from "perdure/proto/perdure/v1/instance_pb";
import { EngineError } from "../domain/errors.ts";
import type { ScheduledTime } from "../domain/state.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";

const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = SECOND_MS * NANOS_PER_MS;

/** What a Timestamp can hold: the years 1 to 9999. */
export const EARLIEST: EpochMs = Date.parse("0001-01-01T00:00:00.000Z");
export const LATEST: EpochMs = Date.parse("9999-12-31T23:59:59.999Z");

/** What a Duration can hold, either way: 10,000 years. */
const DURATION_SECONDS_MAX = 315_576_000_000n;

export function timestampToMessage(at: EpochMs): Timestamp {
  return timestampFromMs(within(Math.ceil(at)));
}

/** Whole milliseconds, rounded up: what is due then is never early. An instant that no clock will show is the nearest that one might. */
export function timestampFromMessage({ seconds, nanos }: Timestamp): EpochMs {
  return within(Number(seconds) * SECOND_MS + Math.ceil(nanos / NANOS_PER_MS));
}

/** Kept to the nanosecond. */
export function durationToMessage(ms: number): Duration {
  const whole = Math.trunc(ms / SECOND_MS);
  const nanos = Math.round((ms - whole * SECOND_MS) * NANOS_PER_MS);
  const carry = Math.trunc(nanos / NANOS_PER_SECOND);
  return create(DurationSchema, { seconds: BigInt(whole + carry), nanos: nanos - carry * NANOS_PER_SECOND });
}

/** Milliseconds, with the fraction that was given. @throws {EngineError} INVALID_FIELD when it is no valid Duration. */
export function durationFromMessage({ seconds, nanos }: Duration, field: string): number {
  const tooLong = seconds > DURATION_SECONDS_MAX || seconds < -DURATION_SECONDS_MAX;
  const mixedSigns = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  if (tooLong || mixedSigns || Math.abs(nanos) >= NANOS_PER_SECOND) {
    throw new EngineError("INVALID_FIELD", `${field} is not a valid duration`, { field });
  }
  return Number(seconds) * SECOND_MS + nanos / NANOS_PER_MS;
}

function within(at: EpochMs): EpochMs {
  return Math.min(Math.max(at, EARLIEST), LATEST);
}

export function scheduledTimeToMessage({ cron, dueAt }: ScheduledTime): MessageInitShape<typeof ScheduledTimeSchema> {
  return { cron, dueTime: timestampToMessage(dueAt) };
}
