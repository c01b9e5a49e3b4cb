import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";

export class Waits extends WorkflowEntrypoint<Env> {
  override async run(event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("begin", (ctx) => this.env.RECORDER.attempt(ctx));
    await step.waitForEvent("wait", { type: "go" });
    return event.payload;
  }
}

export class WorksLong extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("begin", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      await new Promise((resolve) => setTimeout(resolve, 10_000));
    });
  }
}
