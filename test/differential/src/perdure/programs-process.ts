import { spawn } from "node:child_process";
import { once } from "node:events";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ProgramOutcome } from "../generated/crew.ts";
import type { Program } from "../generated/program.ts";

const RUN = fileURLToPath(new URL("run-programs.ts", import.meta.url));

/** Runs programs in Perdure, in a process of its own: its loader is at home there, and another core does the work. */
export async function programsInPerdureProcess(programs: readonly Program[]): Promise<readonly ProgramOutcome[]> {
  const child = spawn(process.execPath, [RUN], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(programs));
  const [outcomes, [code]] = await Promise.all([json(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`${RUN} ended with ${String(code)}`);
  return outcomes as readonly ProgramOutcome[];
}
