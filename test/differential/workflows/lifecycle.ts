import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class WorksAndWaits extends WorkflowEntrypoint<Env> {
  override async run(event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const first = await step.do("work", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      await wait(100);
      await this.env.RECORDER.record("worked");
      return "work";
    });
    const go = await step.waitForEvent("wait", { type: "go" });
    const last = await step.do("finish", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      return `finish ${JSON.stringify(go.payload)}`;
    });
    return [event.payload, first, last];
  }
}

export class Fails extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("fail", { retries: { limit: 0, delay: 1 } }, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      throw new Error("failed");
    });
  }
}

export class WorksLong extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("long", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      await wait(500);
      return "long";
    });
    return await step.do("next", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      return "next";
    });
  }
}
