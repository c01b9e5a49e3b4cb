import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { loosely, outcomeOf } from "./loose.ts";

export class Sleeps extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("before", (ctx) => this.env.RECORDER.attempt(ctx));
    const slept = await step.sleep("nap", 50);
    await step.do("after", (ctx) => this.env.RECORDER.attempt(ctx));
    return String(slept);
  }
}

export class SleepsInEveryForm extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const outcomes: Record<string, string> = {};
    for (const duration of [
      0,
      -1,
      1,
      1.5,
      "1",
      "0 seconds",
      "0.001 second",
      "0.01  seconds",
      "1 ms",
      "0.00001 minutes",
    ]) {
      outcomes[JSON.stringify(duration)] = await outcomeOf(() => loosely(step).sleep("nap", duration));
    }
    return outcomes;
  }
}

export class SleepsBadly extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const refused: Record<string, boolean> = {};
    const bad = {
      nothing: undefined,
      null: null,
      word: "soon",
      unitWithoutSpace: "1s",
      notANumber: Number.NaN,
      object: {},
    };
    for (const [kind, duration] of Object.entries(bad)) {
      refused[kind] = (await outcomeOf(() => loosely(step).sleep(`sleep ${kind}`, duration))) !== "ok";
    }
    return refused;
  }
}

export class SleepsUnderOneName extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const ends: number[] = [];
    for (const duration of [20, 20, 30]) {
      await step.sleep("nap", duration);
      ends.push(Date.now());
    }
    return ends.every((end, index) => index === 0 || end >= ends[index - 1]!);
  }
}

export class SleepsUntil extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const untilDate = new Date(Date.now() + 100);
    await step.sleepUntil("date", untilDate);
    const early = Date.now() < untilDate.getTime();
    await step.sleepUntil("number", Date.now() + 50);
    return { early };
  }
}

export class SleepsUntilThePast extends WorkflowEntrypoint<Env, { readonly caught: boolean }> {
  override async run(event: WorkflowEvent<{ readonly caught: boolean }>, step: WorkflowStep) {
    if (!event.payload.caught) return await step.sleepUntil("past", new Date(0));
    return {
      date: await outcomeOf(() => step.sleepUntil("past date", new Date(0))),
      number: await outcomeOf(() => step.sleepUntil("past number", 1)),
    };
  }
}

export class SleepsUntilBadly extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const refused: Record<string, boolean> = {};
    const bad = {
      nothing: undefined,
      null: null,
      text: "2099-01-01",
      invalidDate: new Date(Number.NaN),
      notANumber: Number.NaN,
    };
    for (const [kind, time] of Object.entries(bad)) {
      refused[kind] = (await outcomeOf(() => loosely(step).sleepUntil(`until ${kind}`, time))) !== "ok";
    }
    return refused;
  }
}

export class ReplaysSleepUntil extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const time = await step.do("choose", () => Promise.resolve(Date.now() + 100));
    await step.sleepUntil("chosen", time);
    await step.do("awake", () => this.env.RECORDER.record("awake"));
    await step.waitForEvent("resumed", { type: "go" });
    return "went on";
  }
}

export class PausedAsleep extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("before", (ctx) => this.env.RECORDER.attempt(ctx));
    await step.sleep("nap", 300);
    await step.do("after", (ctx) => this.env.RECORDER.attempt(ctx));
    return "went on";
  }
}
