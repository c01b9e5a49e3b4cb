import type { Command } from "commander";
import { type Engine, type EngineOptions, openEngine } from "./engine.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { engineOption, jsonOption, namespaceOption } from "./options.ts";
import { type Output, terminal } from "./output.ts";
import { refusalOf } from "./refusal.ts";

/** What a command that calls an engine works with. */
export interface Calling<Options> {
  readonly engine: Engine;
  readonly out: Output;
  readonly json: boolean;
  readonly options: Options;
  /** The arguments, as the command declares them. */
  readonly args: readonly string[];
}

/**
 * Makes a command one that calls an engine: gives it the options for that, and ends the process with what its
 * work returns, or with what was refused.
 */
export function callsEngine<Options extends object = object>(
  command: Command,
  work: (calling: Calling<Options>) => Promise<ExitCode>,
): void {
  command
    .addOption(engineOption())
    .addOption(namespaceOption())
    .addOption(jsonOption())
    .action(async () => {
      const options = command.opts<Options & EngineOptions & { readonly json?: boolean }>();
      const json = options.json === true;
      const engine = openEngine(options);
      try {
        process.exitCode = await work({
          engine,
          out: terminal,
          json,
          options,
          args: command.processedArgs as string[],
        });
        engine.close();
      } catch (error) {
        // Not closed here: the session of a peer that is no engine throws when it is, and keeps no process alive.
        process.exitCode = tellRefusal(error, engine.address, json);
      }
    });
}

function tellRefusal(thrown: unknown, address: string, json: boolean): ExitCode {
  const refusal = refusalOf(thrown, address);
  if (refusal === null) throw thrown;
  const { reason, message, metadata, exitCode } = refusal;
  terminal.note(json ? JSON.stringify({ error: { reason, message, metadata } }) : `perdure: ${message}`);
  return exitCode;
}

/** The exit code of a command that has seen how an instance ended. */
export const exitCodeOf = (status: string): ExitCode => (status === "complete" ? EXIT.ok : EXIT.failed);
