import { type Duration, durationFromMs, durationMs, type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";

/** A duration for the wire. Fractions of a millisecond are rounded up: what was asked for is never cut short. */
export function durationOf(ms: number): Duration {
  return durationFromMs(Math.ceil(ms));
}

/** Milliseconds of an optional duration; null when it is unset. */
export function msOf(duration: Duration | undefined): number | null {
  return duration === undefined ? null : durationMs(duration);
}

/** Milliseconds since 1970 of a timestamp that the contract always sets; 0 when an engine left it out. */
export function epochMsOf(timestamp: Timestamp | undefined): number {
  return timestamp === undefined ? 0 : timestampMs(timestamp);
}
