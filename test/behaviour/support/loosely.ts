import type { WorkflowStep } from "../../../sdk/typescript/src/workflow-step.ts";

type Loose = Record<"do" | "sleep" | "sleepUntil" | "waitForEvent", (...args: readonly unknown[]) => Promise<unknown>>;

/** A step that takes any arguments, as one does that is called from JavaScript. */
export function loosely(step: WorkflowStep): Loose {
  return step as unknown as Loose;
}

/** "taken" for a call that succeeds, "TypeError: no such user" for one that throws. */
export async function outcomeOf(ask: () => Promise<unknown>): Promise<string> {
  try {
    await ask();
    return "taken";
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}
