import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampMs } from "@bufbuild/protobuf/wkt";

const SECOND_MS = 1_000;
const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** An instant in ms since the epoch; undefined where the message has none. */
export function instant(timestamp: Timestamp | undefined): number | undefined {
  return timestamp === undefined ? undefined : timestampMs(timestamp);
}

/** How long something took, or will: "12 ms", "3.4 s", "4 min 10 s", "2 d 3 h". Negative is zero. */
export function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND_MS) return `${Math.round(ms / 100) / 10} s`;
  let seconds = Math.round(ms / SECOND_MS);
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(seconds / length);
    seconds -= count * length;
    // Two units are as exact as a reader wants it; a zero between them ends the list.
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** Time of day, in the local zone and to the ms: what lines of a watch begin with. */
export function clockText(ms: number): string {
  const date = new Date(ms);
  return `${time(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Date and time in the local zone, "2026-11-23 14:05:09". */
export function momentText(ms: number): string {
  const date = new Date(ms);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${time(date)}`;
}

/** A moment seen from now: "in 23 h 59 min", "now" when it has passed. */
export function untilText(ms: number, now: number): string {
  return ms <= now ? "now" : `in ${durationText(ms - now)}`;
}

/** A moment seen from now: "4 min 10 s ago". */
export function agoText(ms: number, now: number): string {
  return `${durationText(now - ms)} ago`;
}

const time = (date: Date): string => [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
const two = (part: number): string => String(part).padStart(2, "0");
