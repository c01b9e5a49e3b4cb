import { engineOptions } from "@perdure/engine/platform/options";
import type { LogConfig } from "@perdure/engine";
import type { Option } from "commander";

/** What `--log-level` and `--log-format` give. */
export interface LogOptions {
  readonly logLevel: LogConfig["level"];
  readonly logFormat: LogConfig["format"];
}

/** The engine's own flags of these names, for a command that takes some of them. Defaults may be ours. */
export function engineFlags(
  names: readonly string[],
  defaults: Readonly<Record<string, unknown>> = {},
): readonly Option[] {
  return engineOptions()
    .filter((option) => names.includes(option.name()))
    .map((option) => (option.name() in defaults ? option.default(defaults[option.name()]) : option));
}

export const LOG_FLAGS = ["log-level", "log-format"];

export const logConfig = ({ logLevel: level, logFormat: format }: LogOptions): LogConfig => ({ level, format });
