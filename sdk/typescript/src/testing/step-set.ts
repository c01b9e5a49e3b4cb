import type { WorkflowStepSelector } from "./modifier.ts";

/** One text a step. The name comes last: it may hold anything. */
export function textOf({ name, index = 1 }: WorkflowStepSelector): string {
  return `${index}:${name}`;
}

/** Some steps, or all. */
export class StepSet {
  #all = false;
  #steps = new Set<string>();

  copy(): StepSet {
    const copy = new StepSet();
    copy.#all = this.#all;
    copy.#steps = new Set(this.#steps);
    return copy;
  }

  /** @param steps Left out: all there are. */
  add(steps: readonly WorkflowStepSelector[] | undefined): void {
    if (steps === undefined) this.#all = true;
    else for (const step of steps) this.#steps.add(textOf(step));
  }

  has(step: WorkflowStepSelector): boolean {
    return this.#all || this.#steps.has(textOf(step));
  }
}
