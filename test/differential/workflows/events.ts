import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";
import { loosely, outcomeOf } from "./loose.ts";

type Wait = ReturnType<typeof told>;

/** The event without its time, which differs from run to run. */
const told = (event: { readonly type: string; readonly payload?: unknown; readonly timestamp: Date }) => ({
  type: event.type,
  payload: described(event.payload),
  timestampIsDate: event.timestamp instanceof Date,
});

export class WaitsOnce extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep): Promise<Wait> {
    await step.do("before", (ctx) => this.env.RECORDER.attempt(ctx));
    const event = told(await step.waitForEvent("wait", { type: "go" }));
    await step.do("after", (ctx) => this.env.RECORDER.attempt(ctx));
    return event;
  }
}

export class WaitsLate extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep): Promise<readonly Wait[]> {
    await step.do("before", () => this.env.RECORDER.record("ready for early events"));
    await step.waitForEvent("gate", { type: "open" });
    const first = await step.waitForEvent("first", { type: "go" });
    const second = await step.waitForEvent("second", { type: "go" });
    return [told(first), told(second)];
  }
}

export class WaitsForTwo extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const waits = Promise.all([step.waitForEvent("left", { type: "go" }), step.waitForEvent("right", { type: "go" })]);
    await step.do("ready", () => this.env.RECORDER.record("ready"));
    return (await waits).map(told);
  }
}

export class WaitsForTypes extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("ready", () => this.env.RECORDER.record("ready"));
    const b = await step.waitForEvent("wait", { type: "b" });
    const a = await step.waitForEvent("wait", { type: "a" });
    return [told(b), told(a)];
  }
}

export class WaitTimesOut extends WorkflowEntrypoint<Env, { readonly caught: boolean }> {
  override async run(event: WorkflowEvent<{ readonly caught: boolean }>, step: WorkflowStep) {
    if (!event.payload.caught) return await step.waitForEvent("short", { type: "go", timeout: "1 second" });
    const caught = await step.waitForEvent("short", { type: "go", timeout: 1000 }).catch(described);
    await step.do("late", () => this.env.RECORDER.record("timed out"));
    const next = await step.waitForEvent("next", { type: "go" });
    return { caught, next: told(next) };
  }
}

export class ReplaysTimeout extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const caught = await step.waitForEvent("short", { type: "never", timeout: "1 second" }).catch(described);
    await step.do("late", () => this.env.RECORDER.record("timed out"));
    await step.waitForEvent("resumed", { type: "go" });
    return caught;
  }
}

export class ConsumesOnce extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const first = await step.waitForEvent("first", { type: "go" });
    await step.do("between", () => this.env.RECORDER.record("first came"));
    const second = await step.waitForEvent("second", { type: "go" });
    return [told(first), told(second)];
  }
}

export class LoserStandsInLine extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const winner = await Promise.race([
      step.waitForEvent("loser", { type: "go" }).then(() => "event"),
      step.do("winner", () => Promise.resolve("step")),
    ]);
    await step.do("raced", () => this.env.RECORDER.record("raced"));
    const next = await step.waitForEvent("next", { type: "go", timeout: "1 second" }).catch(described);
    return { winner, next: typeof next === "string" ? next : told(next) };
  }
}

export class WaitsInEveryForm extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const outcomes: Record<string, string> = {};
    const options: Readonly<Record<string, unknown>> = {
      none: undefined,
      null: null,
      noType: { timeout: 1000 },
      dotInType: { type: "a.b", timeout: 1000 },
      emptyType: { type: "", timeout: 1000 },
      longType: { type: "t".repeat(101), timeout: 1000 },
      shortTimeout: { type: "a", timeout: 50 },
      negativeTimeout: { type: "a", timeout: -1 },
      wordTimeout: { type: "a", timeout: "soon" },
    };
    for (const [kind, option] of Object.entries(options)) {
      const outcome = await outcomeOf(() => loosely(step).waitForEvent(`wait ${kind}`, option));
      outcomes[kind] = outcome.startsWith("WorkflowTimeoutError") ? "waited" : "refused";
    }
    return outcomes;
  }
}
