import type { Logger } from "pino";
import { createApp, type App } from "./app/engine-app.ts";
import { Metrics } from "./metrics/metrics.ts";
import { systemClock } from "./platform/clock.ts";
import { DEFAULT_CONFIG, type EngineConfig } from "./platform/config.ts";
import { createLogger } from "./platform/logger.ts";
import { readTlsFiles } from "./platform/tls-files.ts";
import type { Port } from "./rpc/port.ts";
import { ReadinessProbe } from "./rpc/readiness.ts";
import { createServer } from "./rpc/server.ts";
import { openStore } from "./store/open.ts";
import type { Store } from "./store/store.ts";

/** An engine that serves. */
export interface RunningEngine {
  /** Where callers and workers reach it. */
  readonly url: string;
  readonly address: { readonly host: string; readonly port: number };
  /** Drains: ends polls and waits, lets reports end, then closes the store. The second call waits for the first. */
  close(): Promise<void>;
}

interface Parts {
  readonly store: Store;
  readonly app: App;
  readonly probe: ReadinessProbe;
  readonly port: Port;
}

/**
 * Runs an engine in this process. What is not configured is as `DEFAULT_CONFIG` has it.
 *
 * @throws {Error} with a sentence for the operator when the store does not open or the port is not free.
 */
export async function startEngine(
  config: Partial<EngineConfig> = {},
  log: Logger = createLogger(config.log ?? DEFAULT_CONFIG.log),
): Promise<RunningEngine> {
  const full = { ...DEFAULT_CONFIG, ...config };
  const tls = full.tls === null ? null : await readTlsFiles(full.tls);
  const metrics = new Metrics();
  const store = metrics.measure(await openStore(full.store));
  const app = createApp({ store, clock: systemClock, log, config: full });
  metrics.meter(app, store, systemClock);
  const probe = new ReadinessProbe(() => store.ping());
  const { callers, workers, workflows } = app;
  const port = createServer({ callers, workers, workflows, probe, log, metrics, tls, origins: full.origins });
  app.start();
  const parts = { store, app, probe, port };
  try {
    const address = await listen(port, full);
    const url = `${tls === null ? "http" : "https"}://${urlHost(address.host)}:${address.port}`;
    log.info({ url, store: store.description }, "engine serves");
    return { url, address, close: once(() => stop(parts, full.drainGraceMs, log)) };
  } catch (error) {
    await stop(parts, 0, log);
    throw error;
  }
}

async function stop({ store, app, probe, port }: Parts, graceMs: number, log: Logger): Promise<void> {
  probe.drain();
  app.drain();
  await port.close(graceMs);
  await app.close();
  await store.close();
  log.info("engine stopped");
}

async function listen(port: Port, { host, port: number }: EngineConfig): Promise<RunningEngine["address"]> {
  try {
    const { address, port: bound } = await port.listen(host, number);
    return { host: address, port: bound };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? "another process listens there already" : (cause as Error).message;
    throw new Error(`cannot listen on ${host}:${number}: ${why}`, { cause });
  }
}

/** An address as a URL names it; one that listens everywhere is reached here. */
function urlHost(host: string): string {
  if (host === "::" || host === "0.0.0.0") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function once(call: () => Promise<void>): () => Promise<void> {
  let called: Promise<void> | undefined;
  return () => (called ??= call());
}
