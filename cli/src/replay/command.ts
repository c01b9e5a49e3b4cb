import { type Command, Option } from "commander";
import { durationMs, jsonOption, several } from "../options.ts";

/** What "--patience" is when it is not given, in ms. */
const PATIENCE_MS = 1_000;

export interface ReplayCommandOptions {
  readonly journal: readonly string[];
  readonly env?: string;
  readonly workflow?: readonly string[];
  readonly patience: number;
  readonly json?: boolean;
}

/** `perdure replay <module> --journal <file…>`. */
export function addReplay(program: Command): void {
  program
    .command("replay")
    .summary("check a module against journals of instances")
    .description(
      "Replays exported journals on the workflows of a module, and shows where the code does not do what they say. It needs no engine and calls no callback. Exit code 1 when there are differences.",
    )
    .argument("<module>", "file that exports workflow classes")
    .requiredOption(
      "--journal <file...>",
      "what `perdure instances export` has written, or folders of such files (*.json)",
    )
    .option("--env <module>", "file whose default export, an object or a function that returns one, is this.env")
    .option("--workflow <name=ClassName>", "replay only this class, under this name; may be repeated", several)
    .addOption(
      new Option("--patience <duration>", "what run may take for things that it awaits outside of steps, per journal")
        .default(PATIENCE_MS, "1 second")
        .argParser(durationMs),
    )
    .addOption(jsonOption())
    .action(async (module: string, options: ReplayCommandOptions) => {
      const { runReplay } = await import("./run.ts");
      process.exitCode = await runReplay(module, options);
    });
}
