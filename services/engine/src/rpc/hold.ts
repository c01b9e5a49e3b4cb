import type { Duration } from "@bufbuild/protobuf/wkt";
import type { HandlerContext } from "@connectrpc/connect";
import { HOLD_MS, HOLD_MS_MAX } from "../domain/limits.ts";
import { durationFromMessage } from "./time.ts";

/** How long before the caller's deadline an answer is sent off, so that it arrives in time: at most this, and a quarter of a short deadline. */
const DEADLINE_MARGIN_MS = 500;

/** How long to hold a long poll open. */
export function holdMs(hold: Duration | undefined, { timeoutMs }: Pick<HandlerContext, "timeoutMs">): number {
  const askedMs = hold === undefined ? HOLD_MS : durationFromMessage(hold, "hold");
  const leftMs = timeoutMs() ?? Number.POSITIVE_INFINITY;
  const untilMarginMs = leftMs - Math.min(DEADLINE_MARGIN_MS, leftMs / 4);
  return Math.max(0, Math.floor(Math.min(askedMs, HOLD_MS_MAX, untilMarginMs)));
}
