import {
  WorkflowEntrypoint,
  type WorkflowEvent,
  type WorkflowStep,
  type WorkflowStepContext,
} from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";
import { loosely, type LooseStep } from "./loose.ts";

export interface Plan {
  readonly steps: readonly PlannedStep[];
  readonly ends: "throws" | "throws a NonRetryableError" | "returns" | "waits" | "throws a value that cannot be stored";
}

/** Tried once, unless it is told otherwise. */
export interface PlannedStep {
  readonly name: string;
  /** What its callback does. Left out: it returns. One that goes on is not awaited. */
  readonly work?: "cannot be stored" | "fails" | "fails, and is caught" | "fails twice" | "goes on";
  /** What its handler does. Left out: it is undone. */
  readonly undo?: "none" | "fails" | "fails twice" | "fails for good" | "hangs" | "does a step";
  readonly rollbackConfig?: object;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const TWICE = { retries: { limit: 2, delay: 1, backoff: "constant" } } as const;

/** Does the steps of the plan, and then ends as it says. */
export class Undoes extends WorkflowEntrypoint<Env, Plan> {
  override async run({ payload }: WorkflowEvent<Plan>, step: WorkflowStep) {
    for (const planned of payload.steps) await this.#do(loosely(step), planned);
    switch (payload.ends) {
      case "throws":
        throw new TypeError("run failed");
      case "throws a NonRetryableError":
        throw new NonRetryableError("run gave up");
      case "throws a value that cannot be stored":
        return () => {};
      case "returns":
        return "done";
      case "waits":
        await step.do("ready", () => this.env.RECORDER.record("ready"));
        return await step.waitForEvent("wait", { type: "go" });
    }
  }

  async #do(step: LooseStep, planned: PlannedStep): Promise<unknown> {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { name, work, undo, rollbackConfig } = planned;
    const callback = async (ctx: WorkflowStepContext) => {
      await this.env.RECORDER.attempt(ctx);
      begin();
      if (work === "goes on") await wait(10_000);
      const fails = work === "fails twice" ? ctx.attempt <= 2 : work?.startsWith("fails");
      if (work === "cannot be stored") return () => {};
      if (fails) throw new RangeError(`${name} failed`);
      return { of: name, at: new Date(0) };
    };
    const rollback =
      undo === "none" ? [] : [{ rollback: this.#handler(step, planned), ...(rollbackConfig && { rollbackConfig }) }];
    const config = work === "fails twice" ? TWICE : { retries: { limit: 0, delay: 1 } };
    const doing = step.do(name, config, callback, ...rollback);
    if (work === "goes on") {
      doing.catch(() => {});
      return await begun;
    }
    return await (work === "fails, and is caught" ? doing.catch(() => {}) : doing);
  }

  #handler(step: LooseStep, { name, undo }: PlannedStep) {
    let calls = 0;
    return async ({ ctx, error, output, stepName }: Undoing) => {
      calls += 1;
      const { step: own, attempt } = ctx;
      await this.env.RECORDER.record(
        `undo ${stepName}, ${own.name}-${own.count} attempt ${attempt}, output ${described(output)}, error ${described(error)}`,
      );
      if (undo === "does a step") await step.do("inner", async () => {});
      if (undo === "hangs") await wait(10_000);
      if (undo === "fails for good") throw new NonRetryableError(`${name} stays`);
      if (undo === "fails" || (undo === "fails twice" && calls <= 2)) throw new Error(`${name} cannot be undone`);
      await this.env.RECORDER.record(`undone ${name}`);
    };
  }
}

interface Undoing {
  readonly ctx: WorkflowStepContext;
  readonly error: unknown;
  readonly output: unknown;
  readonly stepName: string;
}
