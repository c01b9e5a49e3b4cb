import type { IncomingHttpHeaders } from "node:http";

/** What a timer of the platform can wait for; above it, it fires at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000 };

/** Takes deadlines off that are further away than a timer can tell (24 days): such a call has none. */
export function dropFarDeadlines(headers: IncomingHttpHeaders): void {
  const [, amount, unit = ""] = /^(\d{1,8})([HMS])$/.exec(text(headers["grpc-timeout"])) ?? [];
  if (Number(amount) * (UNIT_MS[unit] ?? 0) > TIMER_MS_MAX) delete headers["grpc-timeout"];
  if (Number(text(headers["connect-timeout-ms"])) > TIMER_MS_MAX) delete headers["connect-timeout-ms"];
}

function text(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
