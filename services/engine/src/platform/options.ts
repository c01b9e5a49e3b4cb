import { Option } from "commander";
import type { LoadLimits } from "../domain/limits.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../domain/time.ts";
import { DEFAULT_CONFIG, type EngineConfig } from "./config.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogConfig } from "./logger.ts";
import { countBetween, durationBetween, parseAddress, parseOrigins, type Address } from "./values.ts";

/** What the flags give once they are parsed, by their names in camel case. */
export interface OptionValues {
  readonly listen: Address;
  readonly store: string;
  readonly lease: number;
  readonly retention: number;
  readonly retentionFailed?: number;
  readonly stepLimit: number;
  readonly instanceBytes: number;
  readonly maxPolls: number;
  readonly maxRunning: number;
  readonly maxQueued: number;
  readonly creationsPerSecond?: number;
  readonly creationsPerSecondPerWorkflow?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allowOrigins: readonly string[];
  readonly drainGrace: number;
  readonly logLevel: LogConfig["level"];
  readonly logFormat: LogConfig["format"];
}

const { host, port, store, leaseMs, retention, stepLimit, instanceBytesMax, pollsMax, load, drainGraceMs, log } =
  DEFAULT_CONFIG;

/** A retention of an instance may be as long. */
const RETENTION_MS_MAX = 3_652 * DAY_MS;

/** What limits of load can be raised to: nobody comes there. */
const LOAD_MAX = 1_000_000_000;

const retentionOf = durationBetween(SECOND_MS, RETENTION_MS_MAX);

/** The flags of an engine. Each is also read from the environment: `--max-polls` from PERDURE_MAX_POLLS. */
export function engineOptions(): readonly Option[] {
  return [
    new Option("--listen <host:port>", "where to serve")
      .default({ host, port }, `${host}:${port}`)
      .argParser(parseAddress),
    new Option("--store <url>", "where journals are kept: sqlite:<file>, mongodb://…, memory:").default(store),
    duration("--lease <duration>", "how long work is a silent worker's", leaseMs, durationBetween(SECOND_MS, HOUR_MS)),
    duration("--retention <duration>", "how long finished instances are kept", retention.successMs, retentionOf),
    new Option("--retention-failed <duration>", "the same for failed ones (default: as --retention)").argParser(
      retentionOf,
    ),
    new Option("--step-limit <count>", "steps that a run may have")
      .default(stepLimit)
      .argParser(countBetween(1, 1_000_000)),
    new Option("--instance-bytes <count>", "bytes that an instance may store, streams included")
      .default(instanceBytesMax)
      .argParser(countBetween(1_048_576, Number.MAX_SAFE_INTEGER)),
    new Option("--max-polls <count>", "polls of workers held open at once")
      .default(pollsMax)
      .argParser(countBetween(1, 1_000_000)),
    new Option("--max-running <count>", "instances that workers have at once, of all workflows")
      .default(load.runningMax)
      .argParser(countBetween(1, LOAD_MAX)),
    new Option("--max-queued <count>", "instances of a workflow in its queue")
      .default(load.queuedMax)
      .argParser(countBetween(1, LOAD_MAX)),
    new Option(
      "--creations-per-second <count>",
      "instances created or restarted a second, a replica (default: no limit)",
    ).argParser(countBetween(1, LOAD_MAX)),
    new Option(
      "--creations-per-second-per-workflow <count>",
      "the same of each workflow (default: no limit)",
    ).argParser(countBetween(1, LOAD_MAX)),
    new Option("--tls-cert <file>", "certificate chain in PEM; serves TLS instead of clear text"),
    new Option("--tls-key <file>", "its private key in PEM"),
    new Option("--allow-origins <list>", 'pages that may call from a browser, by origin, or "*"')
      .default([], "none")
      .argParser(parseOrigins),
    duration(
      "--drain-grace <duration>",
      "what calls get to end in at shutdown",
      drainGraceMs,
      durationBetween(0, HOUR_MS),
    ),
    new Option("--log-level <level>", "the least that is logged").choices(LOG_LEVELS).default(log.level),
    new Option("--log-format <format>", "auto: pretty on a terminal, else json")
      .choices(LOG_FORMATS)
      .default(log.format),
  ].map((option) => option.env(environmentName(option)));
}

/** @throws {Error} with a sentence when values do not fit together. */
export function configOf(values: OptionValues): EngineConfig {
  return {
    ...values.listen,
    store: values.store,
    leaseMs: values.lease,
    retention: { successMs: values.retention, failureMs: values.retentionFailed ?? values.retention },
    stepLimit: values.stepLimit,
    instanceBytesMax: values.instanceBytes,
    pollsMax: values.maxPolls,
    load: loadOf(values),
    tls: tlsOf(values),
    origins: values.allowOrigins,
    drainGraceMs: values.drainGrace,
    log: { level: values.logLevel, format: values.logFormat },
  };
}

function loadOf(values: OptionValues): LoadLimits {
  return {
    runningMax: values.maxRunning,
    queuedMax: values.maxQueued,
    creationsPerSecond: values.creationsPerSecond ?? null,
    creationsPerSecondPerWorkflow: values.creationsPerSecondPerWorkflow ?? null,
  };
}

function tlsOf({ tlsCert, tlsKey }: OptionValues): EngineConfig["tls"] {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) throw new Error("TLS takes both: --tls-cert and --tls-key.");
  return { certFile: tlsCert, keyFile: tlsKey };
}

function duration(flags: string, description: string, defaultMs: number, parse: (text: string) => number): Option {
  return new Option(flags, description).default(defaultMs, spoken(defaultMs)).argParser(parse);
}

/** The largest unit that a default is whole in. */
function spoken(ms: number): string {
  if (ms % DAY_MS === 0) return `${ms / DAY_MS} days`;
  return `${ms / SECOND_MS} seconds`;
}

function environmentName(option: Option): string {
  return `PERDURE_${option.name().replaceAll("-", "_").toUpperCase()}`;
}
