import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep, type WorkflowStepConfig } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { loosely } from "./loose.ts";

interface Params {
  /** Attempts that fail before one succeeds. */
  readonly failures: number;
  readonly config: WorkflowStepConfig;
}

export class FailsThenSucceeds extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { failures, config } = event.payload;
    return await step.do("flaky", config, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      if (ctx.attempt <= failures) throw new Error(`failure ${ctx.attempt}`);
      return { attempt: ctx.attempt, count: ctx.step.count };
    });
  }
}

export class CatchesLastFailure extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { failures, config } = event.payload;
    try {
      await step.do("flaky", config, async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        if (ctx.attempt <= failures) throw new RangeError(`failure ${ctx.attempt}`);
      });
      return "no failure";
    } catch (error) {
      const after = await step.do("after", async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return "went on";
      });
      return { caught: String(error), after };
    }
  }
}

export class KeepsCountOverRetries extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const counts: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const count = await step.do("same", { retries: { limit: 2, delay: 1 } }, async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        if (ctx.attempt <= round) throw new Error("again");
        return ctx.step.count;
      });
      counts.push(count);
    }
    return counts;
  }
}

/** Answers of a delay function, by name. */
const DELAYS: Readonly<Record<string, () => unknown>> = {
  number: () => 1,
  duration: () => "0 seconds",
  promise: () => Promise.resolve(1),
  zero: () => 0,
  throws: () => {
    throw new RangeError("no idea");
  },
  negative: () => -1,
  notANumber: () => Number.NaN,
  nothing: () => undefined,
  word: () => "soon",
  object: () => ({}),
};

export class AsksForDelay extends WorkflowEntrypoint<Env, { readonly answer: string }> {
  override async run(event: WorkflowEvent<{ readonly answer: string }>, step: WorkflowStep) {
    const delay = async ({ ctx, error }: { readonly ctx: { readonly attempt: number }; readonly error: Error }) => {
      await this.env.RECORDER.record(`asked after attempt ${ctx.attempt} failed with ${error.name}: ${error.message}`);
      return DELAYS[event.payload.answer]!();
    };
    try {
      return await loosely(step).do(
        "asking",
        { retries: { limit: 2, delay, backoff: "constant" } },
        async (ctx: Attempt) => {
          await this.env.RECORDER.attempt(ctx);
          if (ctx.attempt <= 2) throw new TypeError(`failure ${ctx.attempt}`);
          return "succeeded";
        },
      );
    } catch (error) {
      return error instanceof Error ? { name: error.name, message: error.message } : error;
    }
  }
}

type Attempt = Parameters<Env["RECORDER"]["attempt"]>[0];

export class PausedBetweenAttempts extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await step.do("flaky", { retries: { limit: 1, delay: 300 } }, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      if (ctx.attempt === 1) throw new Error("again");
      return ctx.attempt;
    });
  }
}
