import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "perdure/duration";
import { CACHE_SIZE, GRACE_MS, SLOTS, SLOTS_MAX } from "perdure/worker/worker-options";
import { several, wholeNumber } from "../options.ts";

/** Ours: more than any machine's memory holds. */
const CACHE_SIZE_MAX = 10_000_000;

/** What to serve, wherever the engine is. */
export interface ServingOptions {
  readonly env?: string;
  readonly workflow?: readonly string[];
  readonly slots: number;
  readonly cacheSize: number;
  readonly grace: number;
}

/** Gives a command the module of workflows and how to serve it. */
export function servesModule(command: Command): Command {
  return command
    .argument("<module>", "file that exports workflow classes; TypeScript and cloudflare:* imports are fine")
    .option("--env <module>", "file whose default export, an object or a function that returns one, is this.env")
    .option("--workflow <name=ClassName>", "serve only this class, under this name; may be repeated", several)
    .option("--slots <number>", "instances moved on at once", wholeNumber(SLOTS_MAX), SLOTS)
    .option("--cache-size <number>", "suspended runs kept in memory", wholeNumber(CACHE_SIZE_MAX), CACHE_SIZE)
    .addOption(
      new Option("--grace <duration>", "what steps in flight get to end in at shutdown")
        .default(GRACE_MS, `${GRACE_MS / 1_000} seconds`)
        .argParser(duration),
    );
}

function duration(given: string): number {
  const ms = parseDuration(given);
  if (ms >= 0) return ms;
  throw new InvalidArgumentError('Give a duration such as "30 seconds", or milliseconds.');
}
