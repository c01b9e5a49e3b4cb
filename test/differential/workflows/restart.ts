import {
  WorkflowEntrypoint,
  type WorkflowEvent,
  type WorkflowStep,
  type WorkflowStepContext,
} from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Steps of all kinds, of one name among them; what each gave is the output. */
export class Stages extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const seen: unknown[] = [];
    const work = async (ctx: WorkflowStepContext) => {
      await this.env.RECORDER.attempt(ctx);
      return `${ctx.step.name}-${ctx.step.count}`;
    };
    seen.push(await step.do("first", work));
    await step.sleep("nap", 20);
    seen.push(await step.do("middle", work));
    await step.do("ready", work);
    const event = await step.waitForEvent("wait", { type: "go" });
    seen.push(described(event.payload));
    for (let pass = 0; pass < 2; pass += 1) seen.push(await step.do("looped", work));
    return seen;
  }
}

export class FailsLast extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("first", (ctx) => this.env.RECORDER.attempt(ctx));
    await step.do("failing", { retries: { limit: 1, delay: 1 } }, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      throw new TypeError("not yet");
    });
  }
}

/** The second branch begins after the first, and ends before it. */
export class Siblings extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const [left, right] = await Promise.all([
      step.do("left", async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        await wait(200);
        return "left";
      }),
      step.do("right", async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return "right";
      }),
    ]);
    await step.do("last", (ctx) => this.env.RECORDER.attempt(ctx));
    return [left, right];
  }
}
