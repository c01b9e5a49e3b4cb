import { InvalidArgumentError } from "commander";
import { parseDuration } from "perdure/duration";

/** Where a replica listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`; an IPv6 address in brackets; without a host, on all of them. */
export function parseAddress(text: string): Address {
  const { v6, host, port } = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError("Give host:port, 127.0.0.1:7070 say.");
  return { host: v6 ?? (host === "" || host === undefined ? "::" : host), port: Number(port) };
}

/** A duration in milliseconds, within bounds. */
export function durationBetween(minMs: number, maxMs: number): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (Number.isNaN(ms)) throw new InvalidArgumentError('Give a duration such as "30 seconds", or milliseconds.');
    if (ms < minMs || ms > maxMs) throw new InvalidArgumentError(`It takes ${minMs} to ${maxMs} ms, not ${ms}.`);
    return Math.ceil(ms);
  };
}

/** A whole number within bounds. */
export function countBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= min && count <= max) return count;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

/** Origins of pages, separated by commas. */
export function parseOrigins(text: string): readonly string[] {
  return text.split(",").map((each) => {
    const origin = each.trim();
    if (origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin)) return origin;
    throw new InvalidArgumentError('Give origins such as "https://console.example", separated by commas, or "*".');
  });
}
