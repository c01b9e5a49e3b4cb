import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { loosely, outcomeOf } from "./loose.ts";

export class CountsLoops extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const counts: number[] = [];
    for (const name of ["loop", "loop", "other", "loop"]) {
      const count = await step.do(name, async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return ctx.step.count;
      });
      counts.push(count);
    }
    return counts;
  }
}

export class NamesLikeKeys extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const results: unknown[] = [];
    for (const name of ["a", "a-1", "a", "a-2", "a-1-1"]) {
      const result = await step.do(name, async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return `${ctx.step.name} ${ctx.step.count}`;
      });
      results.push(result);
    }
    return results;
  }
}

export class OneNameForAll extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const first = await step.do("same", (ctx) => Promise.resolve(ctx.step.count));
    await step.sleep("same", 1);
    const event = await step.waitForEvent("same", { type: "go" });
    const second = await step.do("same", (ctx) => Promise.resolve(ctx.step.count));
    return { first, payload: event.payload, second };
  }
}

export class OddNames extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const names: Readonly<Record<string, string>> = {
      empty: "",
      space: " ",
      emoji: "\u{1f30a}",
      dots: "a.b/c:d",
      delete: "\u007f",
      longest: "n".repeat(256),
      longestInUnits: "\u{1f30a}".repeat(128),
      proto: "__proto__",
      tooLong: "n".repeat(257),
      tooLongInUnits: "\u{1f30a}".repeat(129),
      newline: "a\nb",
      nul: "\0",
      unitSeparator: "\u001f",
    };
    const outcomes: Record<string, string> = {};
    for (const [kind, name] of Object.entries(names)) {
      const outcome = await outcomeOf(() => step.do(name, () => Promise.resolve(null)));
      outcomes[kind] = outcome.replace(`"${name}"`, "its name in quotes");
    }
    return outcomes;
  }
}

export class NamesThatAreNot extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const outcome = await outcomeOf(() => loosely(step).do(undefined, () => Promise.resolve(null)));
    return { undefined: outcome.split(":")[0] };
  }
}

export class NamesAfterReplay extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const before = await this.#thrice(step);
    await step.do("waiting", () => this.env.RECORDER.record("waiting"));
    await step.waitForEvent("resumed", { type: "go" });
    return [...before, ...(await this.#thrice(step))];
  }

  async #thrice(step: WorkflowStep) {
    const counts: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const count = await step.do("loop", async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return ctx.step.count;
      });
      counts.push(count);
    }
    return counts;
  }
}
