import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";

/** How long a slow callback takes and how long it may take, in ms: far apart, so that the outcome is certain. */
const SLOW = 400;
const TIMEOUT = 100;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Params {
  /** Attempts that are too slow. */
  readonly slow: number;
  readonly limit: number;
}

export class Slow extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { slow, limit } = event.payload;
    return await step.do("slow", { retries: { limit, delay: 1 }, timeout: TIMEOUT }, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      if (ctx.attempt <= slow) {
        await wait(SLOW);
        await this.env.RECORDER.record(`attempt ${ctx.attempt} came to its end`);
      }
      return `result of attempt ${ctx.attempt}`;
    });
  }
}

export class CatchesTimeout extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const config = { retries: { limit: 1, delay: 1 }, timeout: TIMEOUT } as const;
    const caught = await step
      .do("slow", config, async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        await wait(SLOW);
      })
      .catch(described);
    const after = await step.do("after", () => Promise.resolve("went on"));
    return { caught, after };
  }
}

export class TimeoutIsPerAttempt extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const config = { retries: { limit: 2, delay: 1, backoff: "constant" }, timeout: 600 } as const;
    return await step.do("thrice", config, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      await wait(300);
      if (ctx.attempt < 3) throw new Error("again");
      return "all attempts together took longer than the timeout";
    });
  }
}
