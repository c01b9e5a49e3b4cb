import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";

/** In wrangler's order. */
const NAMES = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"];

/** What to serve, as the command line says it. */
export interface Target {
  /** A module, a project's folder, or its configuration. */
  readonly target: string | undefined;
  /** A project's configuration, whatever its name. */
  readonly config?: string | undefined;
}

/**
 * Path of the configuration of the project that is meant; undefined when a module is.
 *
 * @throws {CommandRefused} when there is neither.
 */
export function findConfig({ target, config }: Target): string | undefined {
  if (config !== undefined) {
    if (target === undefined) return config;
    throw refused(`give ${target} or --config, not both`);
  }
  if (target === undefined) return configAbove(resolve()) ?? refuseFolder("this folder, nor one above it,");
  if (NAMES.includes(basename(target))) return target;
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  return configIn(target) ?? refuseFolder(target);
}

const configIn = (folder: string): string | undefined => NAMES.map((name) => join(folder, name)).find(existsSync);

function configAbove(folder: string): string | undefined {
  const above = dirname(folder);
  return configIn(folder) ?? (above === folder ? undefined : configAbove(above));
}

function refuseFolder(folder: string): never {
  throw refused(`${folder} has no ${NAMES.join(", ")}: give a project's folder, or a module of workflows`);
}

const refused = (sentence: string): CommandRefused => new CommandRefused("NO_PROJECT", sentence, EXIT.usage);
