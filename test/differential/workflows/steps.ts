import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { loosely } from "./loose.ts";

export class Sequence extends WorkflowEntrypoint<Env, { readonly start: number }> {
  override async run(event: WorkflowEvent<{ readonly start: number }>, step: WorkflowStep) {
    const one = await step.do("one", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      return event.payload.start + 1;
    });
    const two = await step.do("two", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      return { doubled: one * 2 };
    });
    return await step.do("three", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      return [one, two];
    });
  }
}

export class NoSteps extends WorkflowEntrypoint {
  override run() {
    return Promise.resolve("done without steps");
  }
}

export class ReturnsNothing extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("only", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
    });
  }
}

export class LooseCallbacks extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const loose = loosely(step);
    return {
      synchronous: await loose.do("synchronous", () => "value"),
      nullConfig: await loose.do("null config", null, () => Promise.resolve("value")),
      undefinedConfig: await loose.do("undefined config", undefined, () => Promise.resolve("value")),
      emptyConfig: await loose.do("empty config", {}, () => Promise.resolve("value")),
    };
  }
}

export class Contexts extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const loose = loosely(step);
    const configs: Readonly<Record<string, unknown>> = {
      retries: { retries: { limit: 3, delay: "2 seconds" } },
      all: { retries: { limit: 1, delay: 250, backoff: "linear" }, timeout: 5000 },
      dynamic: { retries: { limit: 2, delay: () => 10 } },
      sensitive: { sensitive: "output", retries: { limit: 0, delay: 1 } },
    };
    const contexts: Record<string, unknown> = {};
    for (const [name, config] of Object.entries(configs)) {
      contexts[name] = await loose.do(name, config, contextOf);
    }
    return contexts;
  }
}

/** Without what an engine adds of its own. */
const contextOf = ({ step, attempt, config }: Readonly<Record<string, unknown>>) => ({ step, attempt, config });

export class DefaultConfigs extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return {
      none: await loosely(step).do("none", contextOf),
      timeoutOnly: await loosely(step).do("timeout only", { timeout: "1 minute" }, contextOf),
    };
  }
}

export class DescribesItsEvent extends WorkflowEntrypoint {
  override async run(event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.do("any", () => Promise.resolve(null));
    const { payload, timestamp, instanceId, workflowName, schedule } = event;
    return {
      payload,
      timestampIsDate: timestamp instanceof Date,
      timestampIsNow: Math.abs(Date.now() - timestamp.getTime()) < 60_000,
      instanceId,
      workflowName: typeof workflowName,
      schedule: typeof schedule,
      frozen: Object.isFrozen(event),
    };
  }
}

export class ReturnsOwnObject extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const own = { list: [1] };
    const returned = await step.do("share", () => Promise.resolve(own));
    own.list.push(2);
    return { same: own === returned, returned, own };
  }
}

export class Nested extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await step.do("outer", async (outer) => {
      await this.env.RECORDER.attempt(outer);
      const inner = await step.do("inner", async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return "inner value";
      });
      return `outer got ${inner}`;
    });
  }
}

export class NestedRetried extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await step.do("outer", { retries: { limit: 1, delay: 1 } }, async (outer) => {
      await this.env.RECORDER.attempt(outer);
      const inner = await step.do("inner", async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        return ctx.step.count;
      });
      if (outer.attempt === 1) throw new Error("again");
      return `inner call ${inner}`;
    });
  }
}

export class Synonyms extends WorkflowEntrypoint {
  override async run(event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const { params } = event as unknown as { readonly params?: unknown };
    const approval = loosely(step).waitForEvent("approval", { event: "approved", timeout: "1 second" });
    const approved = await approval.then(() => true, () => false); // prettier-ignore
    return { params: params ?? "absent", approved };
  }
}
