import type { Transport } from "@connectrpc/connect";
import { createConnectTransport, Http2SessionManager } from "@connectrpc/connect-node";

/** How often an open connection is pinged. Ours: a dead peer is noticed within 20 s, and proxies see traffic. */
const PING_INTERVAL_MS = 10_000;

/** Long enough for a process whose event loop was blocked to still read the answer. */
const PING_TIMEOUT_MS = 10_000;

/** Where an engine is: its address, or a transport that leads there. */
export type EngineAddress = string | Transport;

/** A way to an engine, and how to let go of it. */
export interface EngineConnection {
  readonly transport: Transport;
  /** Ends the connection and every call on it. */
  close(): void;
}

/**
 * Connects to an engine: Connect's protocol in binary over one HTTP/2 connection, opened with the first call
 * and again whenever it is lost. A given transport is used as it is and stays its owner's to close.
 *
 * @throws TypeError when the address is not an http or https URL.
 */
export function connectEngine(engine: EngineAddress): EngineConnection {
  if (typeof engine !== "string") return { transport: engine, close: () => {} };
  const baseUrl = checkedUrl(engine);
  const sessionManager = new Http2SessionManager(baseUrl, {
    pingIntervalMs: PING_INTERVAL_MS,
    pingTimeoutMs: PING_TIMEOUT_MS,
  });
  const transport = createConnectTransport({
    httpVersion: "2",
    baseUrl,
    sessionManager,
    // Compressing costs more than a loopback or a data centre's network saves.
    acceptCompression: [],
  });
  return { transport, close: () => sessionManager.abort() };
}

function checkedUrl(engine: string): string {
  const url = URL.parse(engine);
  if (url?.protocol === "http:" || url?.protocol === "https:") return engine;
  throw new TypeError(`The engine's address is an http or https URL, "http://127.0.0.1:7070" say; "${engine}" is not`);
}
