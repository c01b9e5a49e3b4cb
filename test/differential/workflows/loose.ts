import type { WorkflowStep } from "cloudflare:workers";

/** A step object that takes anything, to try what the types forbid. */
export interface LooseStep {
  do(...args: readonly unknown[]): Promise<unknown>;
  sleep(...args: readonly unknown[]): Promise<unknown>;
  sleepUntil(...args: readonly unknown[]): Promise<unknown>;
  waitForEvent(...args: readonly unknown[]): Promise<unknown>;
}

export const loosely = (step: WorkflowStep): LooseStep => step;

/** "ok", or name and message of what was thrown. */
export async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return "ok";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : `not an Error: ${String(error)}`;
  }
}
