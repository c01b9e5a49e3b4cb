import { MINUTE_MS, SECOND_MS } from "../domain/time.ts";

/** What a port lets its peers do. */
export interface PortLimits {
  /** Connections at once; those after it are closed at once. */
  readonly connections: number;
  /** Streams at once on one HTTP/2 connection. */
  readonly streams: number;
  /** All headers of a request. */
  readonly headerBytes: number;
  /** What Node may buffer for one HTTP/2 connection before it refuses streams. */
  readonly sessionMegabytes: number;
  /** How much of a request body may be on its way unacknowledged. */
  readonly windowBytes: number;
  /** The same, of all bodies on one HTTP/2 connection. */
  readonly sessionWindowBytes: number;
  /** From a connection's start until its first bytes, and from a request's start until all headers are there. */
  readonly headersMs: number;
  /** From a request's start until its last byte is there. */
  readonly bodyMs: number;
  /** How long an HTTP/1.1 connection waits for its next request. */
  readonly keepAliveMs: number;
  /** After so long a silence an HTTP/2 peer is asked whether it lives. */
  readonly pingAfterMs: number;
  /** How long it has to answer. */
  readonly pingMs: number;
}

export const PORT_LIMITS: PortLimits = {
  // Ours: an idle connection costs some ten kilobytes.
  connections: 10_000,
  // One worker process polls with two; a proxy brings many workers.
  streams: 4_096,
  // gRPC clients send at most 8 KiB unless told otherwise.
  headerBytes: 32_768,
  // Node's own 10 hold five full tasks.
  sessionMegabytes: 128,
  // A full payload goes without waiting for the other side.
  windowBytes: 1_048_576,
  sessionWindowBytes: 16 * 1_048_576,
  headersMs: 10 * SECOND_MS,
  // 16 MiB at 4 Mbit/s take about half of it.
  bodyMs: MINUTE_MS,
  // Longer than most proxies, who should be the ones to close.
  keepAliveMs: 75 * SECOND_MS,
  pingAfterMs: MINUTE_MS,
  pingMs: 20 * SECOND_MS,
};
