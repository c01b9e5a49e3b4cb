import { MINUTE_MS, SECOND_MS } from "../domain/time.ts";

/** Connections at once; those after it are closed at once. Ours: an idle one costs some ten kilobytes. */
export const CONNECTIONS_MAX = 10_000;

/** Streams at once on one HTTP/2 connection: one worker process polls with two, a proxy brings many workers. */
export const STREAMS_MAX = 4_096;

/** All headers of a request. gRPC clients send at most 8 KiB by default. */
export const HEADER_BYTES_MAX = 32_768;

/** What Node may buffer for one HTTP/2 connection, in megabytes, before it refuses streams; its own 10 hold five full tasks. */
export const SESSION_MEGABYTES_MAX = 128;

/** How much of a request body may be on its way unacknowledged: a full payload without waiting for the other side. */
export const WINDOW_BYTES = 1_048_576;

/** From a connection's start until its first bytes, and from a request's start until all headers are there. */
export const HEADERS_MS_MAX = 10 * SECOND_MS;

/** From a request's start until its last byte is there. 16 MiB at 4 Mbit/s take about half of it. */
export const BODY_MS_MAX = MINUTE_MS;

/** How long an HTTP/1.1 connection waits for its next request. Longer than most proxies, who should close first. */
export const KEEP_ALIVE_MS = 75 * SECOND_MS;

/** After so long a silence an HTTP/2 peer is asked whether it lives, and has so long to answer. */
export const PING_AFTER_MS = MINUTE_MS;
export const PING_MS_MAX = 20 * SECOND_MS;
