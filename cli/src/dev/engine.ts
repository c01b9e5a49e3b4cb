import { type RunningEngine, startEngine } from "@perdure/engine";
import { configOf } from "@perdure/engine/platform/options";
import { styled } from "../output.ts";
import { CommandRefused } from "../refusal.ts";
import { facts } from "../show/table.ts";
import type { DevOptions } from "./command.ts";

/** A restart takes the work of the process before it over at once, however that ended. */
export const WORKER_NAME = "dev";

/** @throws {CommandRefused} when the store does not open or the port is taken. */
export async function startDevEngine(options: DevOptions, store: string): Promise<RunningEngine> {
  const { host, port, leaseMs, stepLimit, log } = configOf(options);
  try {
    return await startEngine({ host, port, store, leaseMs, stepLimit, log });
  } catch (error) {
    throw new CommandRefused("ENGINE_NOT_STARTED", (error as Error).message);
  }
}

/** What a person sees first, and how to go on. */
export function welcome(pairs: readonly (readonly [name: string, value: string])[]): string {
  return [facts(pairs), styled("dim", "Ctrl-C stops it; what has not finished goes on at the next start."), ""].join(
    "\n",
  );
}

/** A command that starts an instance. */
export function tryText(url: string, workflow: string): string {
  return `perdure instances create ${workflow} --params '{}'${url.endsWith(":7070") ? "" : ` --engine ${url}`}`;
}

export const withoutPassword = (store: string): string => store.replace(/(\/\/[^:@/]+):[^@/]*@/, "$1:…@");
