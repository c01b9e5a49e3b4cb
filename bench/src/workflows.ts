import { WorkflowEntrypoint } from "perdure";
import type { WorkflowEvent, WorkflowStep } from "perdure";

/** What the worker gives its workflows. */
export interface Env {
  /** A sleeper is about to sleep. */
  readonly begins: () => void;
  /** It went on, so many milliseconds late. */
  readonly woke: (lateMs: number) => void;
}

/** Steps, one after the other. */
export class Sequential extends WorkflowEntrypoint<Env> {
  async run(event: WorkflowEvent<{ readonly steps: number }>, step: WorkflowStep) {
    for (let i = 0; i < event.payload.steps; i++) await step.do(`step ${i}`, async () => ({ i, text: "done" }));
  }
}

/** Steps, all at once. */
export class FanOut extends WorkflowEntrypoint<Env> {
  async run(event: WorkflowEvent<{ readonly steps: number }>, step: WorkflowStep) {
    const steps = Array.from({ length: event.payload.steps }, (_, i) => step.do(`step ${i}`, async () => ({ i })));
    await Promise.all(steps);
  }
}

/** Ends when it is told. */
export class WaitForGo extends WorkflowEntrypoint<Env> {
  async run(_event: WorkflowEvent, step: WorkflowStep) {
    await step.waitForEvent("go", { type: "go" });
  }
}

/**
 * Sleeps until an instant; not at all when that has passed before it begins. What it says of itself stands outside of steps: a
 * replay on its waking says again that it begins.
 */
export class Sleeper extends WorkflowEntrypoint<Env> {
  async run(event: WorkflowEvent<{ readonly until: number }>, step: WorkflowStep) {
    this.env.begins();
    await step.sleepUntil("until", event.payload.until).catch(() => {});
    this.env.woke(Date.now() - event.payload.until);
  }
}

/** Steps, one after the other, and then perhaps an event; says when each began, in milliseconds. */
export class Long extends WorkflowEntrypoint<Env> {
  async run(event: WorkflowEvent<{ readonly steps: number; readonly waits?: boolean }>, step: WorkflowStep) {
    const beginnings: number[] = [];
    for (let i = 0; i < event.payload.steps; i++) {
      beginnings.push(await step.do(`step ${i}`, async () => performance.now()));
    }
    if (event.payload.waits === true) await step.waitForEvent("go", { type: "go" });
    return beginnings;
  }
}
