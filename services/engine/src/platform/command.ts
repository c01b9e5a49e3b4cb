import { Command } from "commander";
import { configOf, engineOptions, type OptionValues } from "./options.ts";
import type { EngineConfig } from "./config.ts";

/** The command line of an engine: parses, and hands what it says to `run`. */
export function engineCommand(name: string, run: (config: EngineConfig) => Promise<void>): Command {
  const command = new Command(name)
    .description("Runs a Perdure engine: it decides, journals and deals out work.")
    .allowExcessArguments(false)
    .action(async (values: OptionValues) => {
      let config: EngineConfig;
      try {
        config = configOf(values);
      } catch (error) {
        return command.error(`error: ${(error as Error).message}`, { code: "perdure.config" });
      }
      await run(config);
    });
  for (const option of engineOptions()) command.addOption(option);
  return command;
}
