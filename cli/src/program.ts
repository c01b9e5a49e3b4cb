import { readFileSync } from "node:fs";
import type { EngineConfig } from "@perdure/engine";
import { engineCommand } from "@perdure/engine/platform/command";
import { Command } from "commander";
import { addDev } from "./dev/command.ts";
import { addInstances } from "./instances/group.ts";
import { endWithParent } from "./lifetime.ts";
import { addReplay } from "./replay/command.ts";
import { addWorker } from "./worker/command.ts";
import { addWorkflows } from "./workflows/group.ts";

/** The command `perdure`. Nothing in it ends the process: a wrong command line throws a CommanderError. */
export function createProgram(): Command {
  const program = new Command("perdure")
    .description("Durable workflows on your own machines.")
    .version(version())
    .helpCommand(false)
    .showHelpAfterError("(--help shows what can be given)")
    .exitOverride();
  addDev(program);
  addServer(program);
  addWorker(program);
  addInstances(program);
  addWorkflows(program);
  addReplay(program);
  return program;
}

/** The engine's own command, under a name of ours. */
function addServer(program: Command): void {
  const run = async (config: EngineConfig): Promise<void> => {
    endWithParent();
    const { runEngine } = await import("@perdure/engine");
    await runEngine(config);
  };
  program.addCommand(engineCommand("server", run).copyInheritedSettings(program).summary("run an engine"));
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
