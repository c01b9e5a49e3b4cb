import {
  INSTANCE_BYTES_MAX,
  RETENTION_MS,
  LEASE_MS,
  LOAD_LIMITS,
  STEPS_MAX,
  type LoadLimits,
} from "../domain/limits.ts";
import type { Retention } from "../domain/state.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { LogConfig } from "./logger.ts";

/** How a replica is run. The flags of `--help` say what each means. */
export interface EngineConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The store's URL. */
  readonly store: string;
  readonly leaseMs: number;
  readonly retention: Retention;
  readonly stepLimit: number;
  /** Bytes that an instance may store, streams included. */
  readonly instanceBytesMax: number;
  readonly pollsMax: number;
  readonly load: LoadLimits;
  /** Files in PEM; null for clear text. */
  readonly tls: TlsFiles | null;
  readonly origins: readonly string[];
  readonly drainGraceMs: number;
  readonly log: LogConfig;
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export const DEFAULT_CONFIG: EngineConfig = {
  host: "127.0.0.1",
  port: 7070,
  store: "sqlite:./.perdure/perdure.db",
  leaseMs: LEASE_MS,
  retention: { successMs: RETENTION_MS, failureMs: RETENTION_MS },
  stepLimit: STEPS_MAX,
  instanceBytesMax: INSTANCE_BYTES_MAX,
  // Ours: two of each of some thousand workers; a poll that waits costs a few kilobytes.
  pollsMax: 5_000,
  load: LOAD_LIMITS,
  tls: null,
  origins: [],
  // Ours: what Kubernetes and systemd wait for before they kill is 30 s and more.
  drainGraceMs: 10 * SECOND_MS,
  log: { level: "info", format: "auto" },
};
