import { describe, expect, it } from "vitest";
import type { WorkflowStep, WorkflowStepContext } from "../../sdk/typescript/src/index.ts";
import { loosely, outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

const callback = async () => "value";

describe("the context of a callback", () => {
  it("has the step's name as passed, the count of its use, the attempt, and the config with defaults", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => step.do("a b.c", async (ctx) => plain(ctx)));

    expect(output).toEqual({
      step: { name: "a b.c", count: 1 },
      attempt: 1,
      config: { retries: { limit: 5, delay: 10_000, backoff: "exponential" }, timeout: "10 minutes" },
    });
  });

  it("counts the uses of a name in this pass, from 1", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const counts: number[] = [];
      for (const name of ["a", "b", "a"]) counts.push(await step.do(name, async (ctx) => ctx.step.count));
      return counts;
    });

    expect(output).toEqual([1, 1, 2]);
  });

  it("leaves the delay out of the config when a function gives it", async () => {
    const world = await World.open();
    const config = { retries: { limit: 1, delay: () => 5 } };
    const output = await world.result(async (_event, step) => step.do("a", config, async (ctx) => ctx.config));

    expect(output).toEqual({ retries: { limit: 1, backoff: "exponential" }, timeout: "10 minutes" });
  });

  it("is a copy: what one attempt changes in it, the next does not see", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      step.do("a", { retries: { limit: 1, delay: 0 } }, async (ctx) => {
        if (ctx.attempt === 2) return ctx.step.name;
        (ctx.step as { name: string }).name = "changed";
        throw new Error("again");
      }),
    );

    expect(output).toBe("a");
  });

  it("has an idempotency key that all attempts of a step share, and no other step", async () => {
    const world = await World.open();
    const keys: string[] = [];
    const output = await world.result(async (_event, step) => {
      await step.do("a", { retries: { limit: 1, delay: 0 } }, async (ctx) => {
        keys.push(ctx.idempotencyKey);
        if (ctx.attempt === 1) throw new Error("again");
      });
      return step.do("b", async (ctx) => ctx.idempotencyKey);
    });

    expect(new Set(keys).size).toBe(1);
    expect(keys).not.toContain(output);
  });
});

describe("a callback", () => {
  it("may be synchronous", async () => {
    const world = await World.open();

    expect(await world.result(async (_event, step) => step.do("a", () => 7))).toBe(7);
  });
});

describe("a step's config", () => {
  it.each([null, undefined, {}])("that is %j is that of the defaults", async (config) => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => step.do("a", config, async (ctx) => ctx.config));

    expect(output).toEqual({
      retries: { limit: 5, delay: 10_000, backoff: "exponential" },
      timeout: "10 minutes",
    });
  });

  it.each([
    [
      { retries: { limit: 3, delay: "2 seconds" } },
      { retries: { limit: 3, delay: "2 seconds", backoff: "exponential" }, timeout: "10 minutes" },
    ],
    [{ timeout: "1 minute" }, { retries: { limit: 5, delay: 10_000, backoff: "exponential" }, timeout: "1 minute" }],
    [
      { sensitive: "output" },
      {
        retries: { limit: 5, delay: 10_000, backoff: "exponential" },
        timeout: "10 minutes",
        sensitive: "output",
      },
    ],
  ] as const)("replaces defaults key by key: %j", async (config, resolved) => {
    const world = await World.open();

    expect(await world.result(async (_event, step) => step.do("a", config, async (ctx) => ctx.config))).toEqual(
      resolved,
    );
  });

  it("is journaled with the step: another one on a replay is ignored", async () => {
    const world = await World.open();
    const script = (limit: number, delay: number) => async (_event: unknown, step: WorkflowStep) =>
      step.do("a", { retries: { limit, delay } }, async ({ attempt }) => {
        throw new Error(`attempt ${attempt}`);
      });
    await world.serve(script(1, 60_000));
    const instance = await world.create();
    await world.until(instance, "workflow_waiting");
    await world.serve(script(4, 1));

    expect(await world.end(instance)).toMatchObject({ status: "errored", error: { message: "attempt 2" } });
    expect((await world.events(instance)).find(({ type }) => type === "step_started")).toMatchObject({
      config: { retries: { limit: 1, delay: 60_000, backoff: "exponential" }, timeout: 600_000 },
    });
  });

  it("has its delay function from the live code", async () => {
    const world = await World.open();
    const script = (delay: number) => async (_event: unknown, step: WorkflowStep) =>
      step.do("a", { retries: { limit: 2, delay: () => delay, backoff: "constant" } }, async ({ attempt }) => {
        if (attempt < 3) throw new Error("again");
      });
    await world.serve(script(60_000));
    const instance = await world.create();
    await world.until(instance, "workflow_waiting");
    await world.serve(script(5));
    await world.end(instance);

    const delays = (await world.events(instance)).flatMap((event) =>
      event.type === "attempt_errored" ? [event.retryDelayMs] : [],
    );
    expect(delays).toEqual([60_000, 5]);
  });
});

const FORMAT = "See https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/";
const BAD_CONFIG = `WorkflowFatalError: Step config for "x" is in a invalid format. ${FORMAT}`;
const BAD_ROLLBACK_CONFIG = `WorkflowFatalError: Rollback config for "x" is in a invalid format. ${FORMAT}`;
const NO_CALLBACK = 'WorkflowFatalError: Step "x" requires a callback function';
const OPTIONS_NO_OBJECT = 'WorkflowFatalError: Rollback options for "x" must be an object';
const ROLLBACK_NO_FUNCTION = 'WorkflowFatalError: Rollback for "x" must be a function';
const retries = (value: unknown): readonly unknown[] => ["x", { retries: value }, callback];
const config = (value: unknown): readonly unknown[] => ["x", value, callback];
const badName = (name: string): string =>
  `WorkflowFatalError: Step name "${name}" exceeds max length (256 chars) or invalid characters found`;

describe("step.do refuses", () => {
  it.each<[string, readonly unknown[], string]>([
    ["no callback", ["x"], NO_CALLBACK],
    ["a text for a callback", ["x", "callback"], NO_CALLBACK],
    ["no callback after a config", ["x", { timeout: 1_000 }], NO_CALLBACK],
    ["a name of 257 units", ["n".repeat(257), callback], badName("n".repeat(257))],
    ["a name with U+0000", ["a\0", callback], badName("a\0")],
    ["a name with a line break", ["a\nb", callback], badName("a\nb")],
    ["a name with U+001F", ["\u001f", callback], badName("\u001f")],
    ["a text for a config", config("5 retries"), BAD_CONFIG],
    ["a list for a config", config([]), BAD_CONFIG],
    ["an unknown key", config({ retry: {} }), BAD_CONFIG],
    ["an unknown key of retries", retries({ limit: 1, delay: 1, jitter: true }), BAD_CONFIG],
    ["retries without a limit", retries({ delay: 1 }), BAD_CONFIG],
    ["retries without a delay", retries({ limit: 1 }), BAD_CONFIG],
    ["a negative limit", retries({ limit: -1, delay: 1 }), BAD_CONFIG],
    ["the limit NaN", retries({ limit: NaN, delay: 1 }), BAD_CONFIG],
    ["the limit Infinity", retries({ limit: Infinity, delay: 1 }), BAD_CONFIG],
    ["a limit above 10,000", retries({ limit: 10_001, delay: 1 }), BAD_CONFIG],
    ["a negative delay", retries({ limit: 1, delay: -1 }), BAD_CONFIG],
    ["a delay that is no duration", retries({ limit: 1, delay: "soon" }), BAD_CONFIG],
    ["a delay without a space before its unit", retries({ limit: 1, delay: "1s" }), BAD_CONFIG],
    ["an unknown backoff", retries({ limit: 1, delay: 1, backoff: "quadratic" }), BAD_CONFIG],
    ["the timeout 0", config({ timeout: 0 }), BAD_CONFIG],
    ["a negative timeout", config({ timeout: -1 }), BAD_CONFIG],
    ["the timeout NaN", config({ timeout: NaN }), BAD_CONFIG],
    ["the timeout Infinity", config({ timeout: Infinity }), BAD_CONFIG],
    ["a timeout that is no duration", config({ timeout: "soon" }), BAD_CONFIG],
    ["sensitive other than output", config({ sensitive: "input" }), BAD_CONFIG],
    ["rollback options that are a list", ["x", callback, []], OPTIONS_NO_OBJECT],
    ["rollback options that are null", ["x", callback, null], OPTIONS_NO_OBJECT],
    ["a rollback that is no function", ["x", callback, { rollback: "undo" }], ROLLBACK_NO_FUNCTION],
    [
      "a bad config of a rollback",
      ["x", callback, { rollback: callback, rollbackConfig: { retries: { delay: 1 } } }],
      BAD_ROLLBACK_CONFIG,
    ],
    [
      "first a missing callback",
      ["\0", { timeout: 0 }, "none", null],
      'WorkflowFatalError: Step "\0" requires a callback function',
    ],
    [
      "then bad rollback options",
      ["\0", { timeout: 0 }, callback, null],
      'WorkflowFatalError: Rollback options for "\0" must be an object',
    ],
    ["then a bad name", ["\0", { timeout: 0 }, callback], badName("\0")],
  ])("%s", async (_what, args, error) => {
    const world = await World.open();

    expect(await world.result(async (_event, step) => outcomeOf(() => loosely(step).do(...args)))).toBe(error);
  });

  it("a name that is undefined with a TypeError", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => outcomeOf(() => loosely(step).do(undefined, callback)));

    expect(output).toMatch(/^TypeError/);
  });

  it("with an error that can be caught, without a trace in the history, and without using up the name", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await outcomeOf(() => step.do("x", { timeout: 0 }, callback));
      return step.do("x", async (ctx) => ctx.step.count);
    });
    const instance = await world.create();

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: 1 });
    expect((await world.story(instance)).filter((line) => line.startsWith("step_started"))).toEqual([
      "step_started x-1",
    ]);
  });

  it("without a retry: uncaught, it errors the instance", async () => {
    const world = await World.open();

    expect(await world.run(async (_event, step) => step.do("x", { timeout: 0 }, callback))).toMatchObject({
      status: "errored",
      error: { name: "WorkflowFatalError", message: BAD_CONFIG.slice("WorkflowFatalError: ".length) },
    });
  });
});

describe("step.do takes", () => {
  it.each<[string, readonly unknown[]]>([
    ["a fractional limit", retries({ limit: 1.5, delay: 1 })],
    ["the limit 10,000", retries({ limit: 10_000, delay: 1 })],
    ["a delay of digits, in ms", retries({ limit: 1, delay: "500" })],
    ["a unit that it does not know, as ms", retries({ limit: 1, delay: "5 parsecs" })],
    ["the delay 0", retries({ limit: 1, delay: 0 })],
    ["every backoff", retries({ limit: 1, delay: 1, backoff: "linear" })],
    [
      "the timeout of 0 seconds in words, though nothing can be done in it",
      ["x", { timeout: "0 seconds" }, () => "value"],
    ],
    ["the empty name", ["", callback]],
    ["an emoji, spaces, dots and DEL in a name", ["\u{1f600} a.b\u007f", callback]],
    ["a name of 256 units", ["n".repeat(256), callback]],
    ["a number for a name", [7, callback]],
  ])("%s", async (_what, args) => {
    const world = await World.open();

    expect(await world.result(async (_event, step) => loosely(step).do(...args))).toBe("value");
  });
});

/** What of a context can be returned. */
function plain({ step, attempt, config }: WorkflowStepContext) {
  return { step, attempt, config };
}
