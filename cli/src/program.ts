import { Command } from "commander";
import { addInstances } from "./instances/group.ts";

/** The command `perdure`. Nothing in it ends the process: a wrong command line throws a CommanderError. */
export function createProgram(): Command {
  const program = new Command("perdure")
    .description("Durable workflows on your own machines.")
    .helpCommand(false)
    .showHelpAfterError("(--help shows what can be given)")
    .exitOverride();
  addInstances(program);
  return program;
}
