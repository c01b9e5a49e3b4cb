import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ONCE = { retries: { limit: 0, delay: 1 } } as const;

abstract class Branching extends WorkflowEntrypoint<Env> {
  /** A step that takes a while and then gives its name, or throws it. */
  protected branch(step: WorkflowStep, name: string, ms: number, outcome: "returns" | "throws" = "returns") {
    return step.do(name, ONCE, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      await wait(ms);
      await this.env.RECORDER.record(`${name} ended`);
      if (outcome === "throws") throw new Error(`${name} failed`);
      return name;
    });
  }
}

export class All extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await Promise.all([this.branch(step, "a", 200), this.branch(step, "b", 1), this.branch(step, "c", 100)]);
  }
}

export class AllWithFailure extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const both = Promise.all([this.branch(step, "slow", 300), this.branch(step, "bad", 1, "throws")]);
    const caught = await both.catch(described);
    const after = await this.branch(step, "after", 1);
    return { caught, after };
  }
}

export class AllSettled extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const settled = await Promise.allSettled([this.branch(step, "good", 100), this.branch(step, "bad", 1, "throws")]);
    return settled.map((one) => (one.status === "fulfilled" ? one.value : described(one.reason)));
  }
}

export class Race extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const winner = await Promise.race([this.branch(step, "slow", 300), this.branch(step, "fast", 1)]);
    await step.sleep("let the loser end", 600);
    return winner;
  }
}

export class RaceAgainstSleep extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const winner = await Promise.race([
      step.sleep("deadline", 200).then(() => "deadline"),
      this.branch(step, "too slow", 600),
    ]);
    await step.sleep("let the loser end", 1000);
    return winner;
  }
}

export class AnyOf extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await Promise.any([this.branch(step, "bad", 1, "throws"), this.branch(step, "good", 100)]);
  }
}

export class AnyOfNone extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const branches = [this.branch(step, "bad", 1, "throws"), this.branch(step, "worse", 50, "throws")];
    return await Promise.any(branches).catch(described);
  }
}

export class Chains extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const chain = async (name: string) => {
      const first = await this.branch(step, `${name} first`, 1);
      return [first, await this.branch(step, `${name} second`, 1)];
    };
    return await Promise.all([chain("x"), chain("y")]);
  }
}

export class FanOut extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const squares = Array.from({ length: 20 }, (_, index) =>
      step.do("square", async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return [ctx.step.count, index * index];
      }),
    );
    return await Promise.all(squares);
  }
}

export class ReplaysRace extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const winner = await step.do(
      "race",
      async () => await Promise.race([wait(300).then(() => "slow"), wait(1).then(() => "fast")]),
    );
    await step.do("raced", () => this.env.RECORDER.record("raced"));
    await step.waitForEvent("resumed", { type: "go" });
    return winner;
  }
}

export class PausedInParallel extends Branching {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const results = await Promise.all([this.branch(step, "a", 200), this.branch(step, "b", 400)]);
    return [...results, await this.branch(step, "c", 1)];
  }
}
