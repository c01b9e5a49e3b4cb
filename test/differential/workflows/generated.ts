import {
  WorkflowEntrypoint,
  type WorkflowEvent,
  type WorkflowStep,
  type WorkflowStepContext,
  type WorkflowStepEvent,
} from "cloudflare:workers";
import type { Act, Do, Nest, Program, Sleep, StageBinding, Together, Wait } from "../src/generated/program.ts";
import { valueOf } from "../src/generated/values.ts";
import { described } from "./described.ts";
import { failureOf } from "./generated-failures.ts";
import { loosely, type LooseStep } from "./loose.ts";

/** Thrown to leave `run` early; no `try` of a program catches it. */
class Left extends Error {}

/** What acts gave, in texts; lists where they are nested. */
type Trace = string | readonly Trace[];

const AT_ONCE = { retries: { limit: 3, delay: 1, backoff: "constant" } } as const;

/** Interprets the program that it gets as its params. */
export class Generated extends WorkflowEntrypoint<{ readonly STAGE: StageBinding }, Program> {
  override async run({ payload, instanceId }: WorkflowEvent<Program>, step: WorkflowStep) {
    const trace: Trace[] = [];
    await new Interpreter(loosely(step), this.env.STAGE, instanceId)
      .perform(payload.body, trace)
      .catch((error: unknown) => {
        if (!(error instanceof Left)) throw error;
      });
    return { trace, returned: valueOf(payload.returns) };
  }
}

class Interpreter {
  readonly #step: LooseStep;
  readonly #stage: StageBinding;
  readonly #instance: string;

  constructor(step: LooseStep, stage: StageBinding, instance: string) {
    this.#step = step;
    this.#stage = stage;
    this.#instance = instance;
  }

  async perform(acts: readonly Act[], trace: Trace[] = []): Promise<readonly Trace[]> {
    for (const act of acts) trace.push(await this.#one(act));
    return trace;
  }

  async #one(act: Act): Promise<Trace> {
    switch (act.act) {
      case "do":
        return described(await this.#do(act));
      case "nest":
        return described(await this.#nest(act));
      case "fan":
        return await Promise.all(Array.from({ length: act.times }, () => this.#numbered(act.name)));
      case "sleep":
        return described(await this.#sleep(act));
      case "wait":
        return await this.#wait(act);
      case "together":
        return await this.#together(act);
      case "try":
        return await this.#try(act.body, act.caught);
      case "loop": {
        const trace: Trace[] = [];
        for (let pass = 0; pass < act.times; pass += 1) await this.perform(act.body, trace);
        return trace;
      }
      case "throw":
        throw failureOf(act.failure, "thrown by run");
      case "return":
        throw new Left();
    }
  }

  #do(act: Do): Promise<unknown> {
    const { retries, timeout, sync } = act;
    const settle = (attempt: number): unknown => {
      const failure = act.fails?.[attempt - 1];
      if (failure !== undefined) throw failureOf(failure, `attempt ${attempt} failed`);
      return valueOf(act.returns);
    };
    const callback = sync
      ? (ctx: WorkflowStepContext) => settle(ctx.attempt)
      : async (ctx: WorkflowStepContext) => {
          await this.#enter(ctx, staysOf(act, ctx.attempt));
          return settle(ctx.attempt);
        };
    if (retries === undefined && timeout === undefined) return this.#step.do(act.name, callback);
    return this.#step.do(
      act.name,
      { ...(retries && { retries }), ...(timeout !== undefined && { timeout }) },
      callback,
    );
  }

  #enter({ step, attempt }: WorkflowStepContext, stays: "no" | "held" | "forever"): Promise<void> {
    return this.#stage.enter({ instance: this.#instance, step: `${step.name}-${step.count}`, attempt, stays });
  }

  #nest({ name, inner }: Nest): Promise<unknown> {
    return this.#step.do(name, AT_ONCE, async (ctx: WorkflowStepContext) => {
      await this.#enter(ctx, "no");
      return await this.#numbered(inner);
    });
  }

  async #numbered(name: string): Promise<string> {
    const count = await this.#step.do(name, AT_ONCE, async (ctx: WorkflowStepContext) => {
      await this.#enter(ctx, "no");
      return ctx.step.count;
    });
    return `${name} ${String(count)}`;
  }

  async #sleep({ name, ms, until }: Sleep): Promise<void> {
    await (until ? this.#step.sleepUntil(name, Date.now() + ms) : this.#step.sleep(name, ms));
  }

  async #wait({ name, type, timeoutMs }: Wait): Promise<string> {
    const options = timeoutMs === undefined ? { type } : { type, timeout: timeoutMs };
    const event = (await this.#step.waitForEvent(name, options)) as WorkflowStepEvent<unknown>;
    return `${event.type} ${described(event.payload)} ${event.timestamp.constructor.name}`;
  }

  async #together({ how, branches, winner, endless = [] }: Together): Promise<Trace> {
    const running = branches.map((branch) => this.perform(branch));
    const decided = await settled(COMBINED[how](running));
    if (winner !== undefined) {
      await this.#do({ act: "do", name: winner.decided, returns: "nothing", held: "passes" });
      await Promise.allSettled(running.filter((_, index) => !endless.includes(index)));
    }
    if ("error" in decided) throw decided.error;
    return decided.trace;
  }

  async #try(body: readonly Act[], caught: readonly Act[]): Promise<Trace> {
    try {
      return await this.perform(body);
    } catch (error) {
      if (error instanceof Left) throw error;
      return [described(error), await this.perform(caught)];
    }
  }
}

const COMBINED = {
  all: (running) => Promise.all(running),
  race: (running) => Promise.race(running),
  any: (running) => Promise.any(running),
  allSettled: async (running) =>
    (await Promise.allSettled(running)).map((one) => (one.status === "fulfilled" ? one.value : described(one.reason))),
} as const satisfies Record<Together["how"], (running: readonly Promise<Trace>[]) => Promise<Trace>>;

async function settled(promise: Promise<Trace>): Promise<{ readonly trace: Trace } | { readonly error: unknown }> {
  try {
    return { trace: await promise };
  } catch (error) {
    return { error };
  }
}

function staysOf({ held, hangs }: Do, attempt: number): "no" | "held" | "forever" {
  if (hangs) return "forever";
  return held !== undefined && attempt === 1 ? "held" : "no";
}
