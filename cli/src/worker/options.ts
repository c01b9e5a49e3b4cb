import { type Command, Option } from "commander";
import { CACHE_SIZE, GRACE_MS, SLOTS, SLOTS_MAX } from "perdure/worker/worker-options";
import { EXIT } from "../exit-code.ts";
import { findConfig } from "../project/find.ts";
import { CommandRefused } from "../refusal.ts";
import { durationMs, several, wholeNumber } from "../options.ts";

/** Ours: more than any machine's memory holds. */
const CACHE_SIZE_MAX = 10_000_000;

/** What to serve, wherever the engine is. */
export interface ServingOptions {
  readonly config?: string;
  readonly environment?: string;
  readonly env?: string;
  readonly workflow?: readonly string[];
  readonly slots: number;
  readonly cacheSize: number;
  readonly grace: number;
}

/** What is to be served: a module, or a project by its configuration. */
export type ServingTarget =
  { readonly module: string; readonly config?: undefined } | { readonly module?: undefined; readonly config: string };

/** @throws {CommandRefused} when there is neither, or what is given does not fit. */
export function targetOf(target: string | undefined, { config, workflow }: ServingOptions): ServingTarget {
  const found = findConfig({ target, config });
  if (found === undefined) return { module: target ?? "" };
  if (workflow === undefined) return { config: found };
  throw refused("--workflow is for a module; a project's workflows have their names in its configuration");
}

const refused = (sentence: string): CommandRefused => new CommandRefused("INVALID_OPTION", sentence, EXIT.usage);

/** Gives a command the module of workflows, or the project, and how to serve it. */
export function servesModule(command: Command): Command {
  return command
    .argument(
      "[module]",
      "file that exports workflow classes, or the folder of a Cloudflare project (default: this folder's project)",
    )
    .option("--config <file>", "a project's configuration, where it is no wrangler.json, .jsonc or .toml")
    .addOption(new Option("--environment <name>", "section of a project's `env` to take").env("CLOUDFLARE_ENV"))
    .option("--env <module>", "file whose default export, an object or a function that returns one, is this.env")
    .option("--workflow <name=ClassName>", "serve only this class, under this name; may be repeated", several)
    .option("--slots <number>", "instances moved on at once", wholeNumber(SLOTS_MAX), SLOTS)
    .option("--cache-size <number>", "suspended runs kept in memory", wholeNumber(CACHE_SIZE_MAX), CACHE_SIZE)
    .addOption(
      new Option("--grace <duration>", "what steps in flight get to end in at shutdown")
        .default(GRACE_MS, `${GRACE_MS / 1_000} seconds`)
        .argParser(durationMs),
    );
}
