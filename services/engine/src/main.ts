#!/usr/bin/env node
import { CommanderError } from "commander";
import { engineCommand } from "./platform/command.ts";
import { runEngine } from "./run.ts";

/** What a wrong command line ends with. */
const USAGE_EXIT_CODE = 2;

try {
  await engineCommand("perdure-engine", runEngine).exitOverride().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
}
