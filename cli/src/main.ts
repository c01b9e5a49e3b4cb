#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { terminal } from "./output.ts";
import { createProgram } from "./program.ts";
import { CommandRefused } from "./refusal.ts";

// A reader that has seen enough, `head` say, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeFor(error);
}

function exitCodeFor(error: unknown): ExitCode {
  if (error instanceof CommandRefused) {
    terminal.note(`perdure: ${error.message}`);
    return error.exitCode;
  }
  if (!(error instanceof CommanderError)) throw error;
  // Asking for help is a success, a command line that cannot be read is not: commander has said what is wrong.
  const askedFor = error.code === "commander.helpDisplayed" || error.code === "commander.version";
  return askedFor ? EXIT.ok : EXIT.usage;
}
