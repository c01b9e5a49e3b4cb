#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-code.ts";
import { createProgram } from "./program.ts";

// A reader that has seen enough, `head` say, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Asking for help is a success, a command line that cannot be read is not: commander has said what is wrong.
  const askedFor = error.code === "commander.helpDisplayed" || error.code === "commander.version";
  process.exitCode = askedFor ? EXIT.ok : EXIT.usage;
}
