import { describe, expect, it } from "vitest";
import { NonRetryableError, type WorkflowStep, type WorkflowStepConfig } from "../../sdk/typescript/src/index.ts";
import { outcomeOf } from "./support/loosely.ts";
import { EXACT, times, World } from "./support/world.ts";

const ONCE = { retries: { limit: 0, delay: 1 } } as const;

/** Fails so often as its config lets it, and tells after which delays. */
async function delaysOf(config: WorkflowStepConfig | undefined) {
  const world = await World.open();
  await world.serve(async (_event, step) =>
    step.do("x", config, async () => {
      throw new Error("no");
    }),
  );
  const instance = await world.create();
  await world.end(instance);
  const events = await world.events(instance);
  const failed = events.filter((event) => event.type === "attempt_errored");
  const started = events.filter((event) => event.type === "attempt_started");
  return {
    told: failed.map(({ retryDelayMs }) => retryDelayMs),
    real: failed.slice(0, -1).map(({ timestamp }, index) => started[index + 1]!.timestamp - timestamp),
  };
}

describe("the delay before a retry", () => {
  it.each([
    ["exponential", [10, 20, 40, undefined]],
    ["linear", [10, 20, 30, undefined]],
    ["constant", [10, 10, 10, undefined]],
  ] as const)("that is %s grows so, exactly, and the last attempt has none", async (backoff, delays) => {
    const { told, real } = await delaysOf({ retries: { limit: 3, delay: 10, backoff } });

    expect(told).toEqual(delays);
    expect(real).toEqual(delays.slice(0, -1));
  });

  it("is 10 seconds, doubled each time, five times, where the config says nothing", async () => {
    const { told, real } = await delaysOf(undefined);

    expect(told).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, undefined]);
    expect(real).toEqual([10_000, 20_000, 40_000, 80_000, 160_000]);
  });

  it("has no cap of its own and no jitter", async () => {
    const { real } = await delaysOf({ retries: { limit: 8, delay: "1 day" } });

    expect(real).toEqual(Array.from({ length: 8 }, (_, index) => 86_400_000 * 2 ** index));
  });

  it("may be a text", async () => {
    const { real } = await delaysOf({ retries: { limit: 1, delay: "2 minutes" } });

    expect(real).toEqual([120_000]);
  });

  it("may be 0", async () => {
    const { told } = await delaysOf({ retries: { limit: 2, delay: 0 } });

    expect(told).toEqual([0, 0, undefined]);
  });
});

describe("a step that fails", () => {
  it.each([0, 1, 4])("with limit %i is tried once more than that, counting attempts from 1", async (limit) => {
    const world = await World.open();
    const attempts: number[] = [];
    await world.run(async (_event, step) =>
      step.do("x", { retries: { limit, delay: 1 } }, async ({ attempt }) => {
        attempts.push(attempt);
        throw new Error("no");
      }),
    );

    expect(attempts).toEqual(Array.from({ length: limit + 1 }, (_, index) => index + 1));
  });

  it("gives run the error of its last attempt, and each replay the same without running the callback", async () => {
    const world = await World.open();
    let calls = 0;
    const output = await world.result(async (_event, step) => {
      const caught = await outcomeOf(() =>
        step.do("x", { retries: { limit: 1, delay: 1 } }, async ({ attempt }) => {
          calls += 1;
          throw new RangeError(`attempt ${attempt}`);
        }),
      );
      await step.sleep("nap", "5 seconds");
      return caught;
    });

    expect(output).toBe("RangeError: attempt 2");
    expect(calls).toBe(2);
  });

  it("that is not caught errors the instance", async () => {
    const world = await World.open();

    expect(
      await world.run(async (_event, step) =>
        step.do("x", ONCE, async () => {
          throw new RangeError("out of bounds");
        }),
      ),
    ).toMatchObject({ status: "errored", error: { name: "RangeError", message: "out of bounds" }, output: null });
  });

  it("and succeeds in the end gives what the last attempt returned", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      step.do("x", { retries: { limit: 5, delay: "1 hour" } }, async ({ attempt }) => {
        if (attempt < 3) throw new Error("not yet");
        return attempt;
      }),
    );

    expect(output).toBe(3);
  });

  it("keeps its number of attempts and the rest of its delay over a pause", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) =>
      step.do("x", { retries: { limit: 1, delay: "10 minutes" } }, async ({ attempt }) => {
        if (attempt === 1) throw new Error("not yet");
        return attempt;
      }),
    );
    const instance = await world.create();
    await world.until(instance, "workflow_waiting");
    world.pass(240_000);
    await instance.pause();
    world.pass(86_400_000);
    await instance.resume();
    const resumedAt = world.now;
    await world.end(instance);

    expect(await instance.result()).toBe(2);
    const second = (await world.events(instance)).findLast(({ type }) => type === "attempt_started");
    expect(second!.timestamp - resumedAt).toBe(360_000);
  });
});

describe("a delay function", () => {
  it("is called once for each failed attempt with a retry left, with context and error, and goes through the backoff", async () => {
    const world = await World.open();
    const asked: unknown[] = [];
    await world.serve(async (_event, step) =>
      step.do(
        "x",
        {
          retries: {
            limit: 2,
            backoff: "linear",
            delay: async ({ ctx, error }) => {
              asked.push([ctx.step, ctx.attempt, error.name, error.message]);
              return "1 minute" as const;
            },
          },
        },
        async ({ attempt }) => {
          throw new TypeError(`attempt ${attempt}`);
        },
      ),
    );
    const instance = await world.create();
    await world.end(instance);

    const step = { name: "x", count: 1 };
    expect(asked).toEqual([
      [step, 1, "TypeError", "attempt 1"],
      [step, 2, "TypeError", "attempt 2"],
    ]);
    const delays = (await world.events(instance)).flatMap((event) =>
      event.type === "attempt_errored" ? [event.retryDelayMs] : [],
    );
    expect(delays).toEqual([60_000, 120_000, undefined]);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("oops")), 'for step "x-1" threw an error: oops'],
    [
      "gives no duration",
      () => "soon" as never,
      'for step "x-1" returned an invalid delay value (expected a number of ms or a duration string like "30 seconds")',
    ],
    [
      "gives a negative one",
      () => -1,
      'for step "x-1" returned an invalid delay value (expected a number of ms or a duration string like "30 seconds")',
    ],
    [
      "gives nothing",
      () => undefined as never,
      'for step "x-1" returned an invalid delay value (expected a number of ms or a duration string like "30 seconds")',
    ],
  ])("that %s ends the step with a NonRetryableDelayError", async (_what, delay, words) => {
    const world = await World.open();
    let calls = 0;
    const output = await world.result(async (_event, step) =>
      outcomeOf(() =>
        step.do("x", { retries: { limit: 3, delay } }, async () => {
          calls += 1;
          throw new Error("no");
        }),
      ),
    );

    expect(output).toBe(`NonRetryableDelayError: The delay function ${words}`);
    expect(calls).toBe(1);
  });

  // Workers that are killed when the start of a callback has been told, after a second, never get so far.
  it.runIf(EXACT)("that does not answer within 5 seconds ends the step", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      outcomeOf(() =>
        step.do("x", { retries: { limit: 3, delay: () => new Promise<never>(() => {}) } }, async () => {
          throw new Error("no");
        }),
      ),
    );

    expect(output).toBe('NonRetryableDelayError: The delay function for step "x-1" did not return within 5 seconds');
  });

  it("is never called for a NonRetryableError", async () => {
    const world = await World.open();
    let asked = 0;
    await world.run(async (_event, step) =>
      step.do("x", { retries: { limit: 3, delay: () => (asked += 1) } }, async () => {
        throw new NonRetryableError("no");
      }),
    );

    expect(asked).toBe(0);
  });

  it("shows in the history as [dynamic]", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => step.do("x", { retries: { limit: 1, delay: () => 1 } }, async () => 1));
    const instance = await world.create();
    await world.end(instance);

    expect((await world.events(instance)).find(({ type }) => type === "step_started")).toMatchObject({
      config: { retries: { delay: "[dynamic]" } },
    });
  });
});

describe("a timeout", () => {
  it("ends each attempt that takes longer with a WorkflowTimeoutError, which is retried like any error", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) =>
      step.do("x", { timeout: 30, retries: { limit: 1, delay: 1 } }, async ({ attempt }) => {
        if (attempt === 1) await new Promise(() => {});
        return attempt;
      }),
    );
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toBe(2);
    expect((await world.events(instance)).find(({ type }) => type === "attempt_errored")).toMatchObject({
      attempt: 1,
      error: { name: "WorkflowTimeoutError", message: "Execution timed out after 30ms" },
      retryDelayMs: 1,
    });
  });

  it("does not cut the callback off, which goes on beside the next attempt; its late result is dropped", async () => {
    const world = await World.open();
    const second = Promise.withResolvers<void>();
    const firstEnded = Promise.withResolvers<void>();
    const output = await world.result(async (_event, step) =>
      step.do("x", { timeout: 30, retries: { limit: 1, delay: 1 } }, async ({ attempt, signal }) => {
        if (attempt === 1) {
          await second.promise;
          firstEnded.resolve();
          return `late, ${signal.aborted ? "and told so" : "and not told so"}`;
        }
        second.resolve();
        await firstEnded.promise;
        return "in time";
      }),
    );

    expect(output).toBe("in time");
  });

  it("of the last attempt is the step's error", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      outcomeOf(() =>
        step.do("x", { ...ONCE, timeout: "0.03 seconds" as `${number} seconds` }, () => new Promise(() => {})),
      ),
    );

    expect(output).toBe("WorkflowTimeoutError: Execution timed out after 30ms");
  });
});

describe("a NonRetryableError", () => {
  const failing = (error: () => Error) => async (step: WorkflowStep, calls: number[]) =>
    step.do("x", { retries: { limit: 5, delay: 1 } }, async ({ attempt }) => {
      calls.push(attempt);
      throw error();
    });

  it.each([
    ["with a message", () => new NonRetryableError("card refused"), "NonRetryableError", "card refused"],
    ["with a name of its own", () => new NonRetryableError("card refused", "CardError"), "CardError", "card refused"],
    ["with an empty message", () => new NonRetryableError(""), "NonRetryableError", ""],
    [
      "that is an Error of this name",
      () => Object.assign(new Error("no"), { name: "NonRetryableError" }),
      "NonRetryableError",
      "no",
    ],
  ])("%s ends the step at once, and the instance when it is not caught", async (_what, error, name, message) => {
    const world = await World.open();
    const calls: number[] = [];

    expect(await world.run(async (_event, step) => failing(error)(step, calls))).toMatchObject({
      status: "errored",
      error: { name, message },
    });
    expect(calls).toEqual([1]);
  });

  it("by the start of a message is one too", async () => {
    const world = await World.open();
    const calls: number[] = [];
    await world.run(async (_event, step) => failing(() => new Error("NonRetryableError: no"))(step, calls));

    expect(calls).toEqual([1]);
  });

  it("can be caught, and the instance goes on", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const caught = await outcomeOf(() => failing(() => new NonRetryableError("no"))(step, []));
      return [caught, await step.do("next", async () => "next")];
    });

    expect(output).toEqual(["NonRetryableError: no", "next"]);
  });

  it("thrown in run, outside of a step, ends the instance", async () => {
    const world = await World.open();

    expect(
      await world.run(async () => {
        throw new NonRetryableError("no");
      }),
    ).toMatchObject({ status: "errored", error: { name: "NonRetryableError", message: "no" } });
  });
});

describe("an attempt whose worker is lost", () => {
  it("counts as an attempt, shows as failed, and is followed by another even when the limit is 0", async () => {
    const world = await World.open();
    const reached = Promise.withResolvers<void>();
    const fleet = await world.serve(async (_event, step) => {
      await step.do("before", async () => {});
      return step.do("x", ONCE, async ({ attempt }) => {
        reached.resolve();
        // Where workers are killed anyway, an attempt was lost before.
        if (attempt === 1) await new Promise(() => {});
        return attempt;
      });
    });
    const instance = await world.create();
    await reached.promise;
    fleet.kill();
    await world.end(instance);

    expect(await instance.result()).toEqual(times(2));
    const lost = (await world.events(instance)).filter((event) => event.type === "attempt_errored");
    expect(lost[0]).toMatchObject({
      stepName: "x-1",
      attempt: 1,
      error: { name: "WorkflowInternalError", message: "Attempt failed due to internal workflows error" },
    });
    expect(lost.length).toEqual(EXACT ? 1 : times(1));
  });
});
