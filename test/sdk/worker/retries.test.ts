import { describe, expect, it, vi } from "vitest";
import { NonRetryableDelayError } from "../../../sdk/typescript/src/errors.ts";
import { NonRetryableError } from "../../../sdk/typescript/src/errors-non-retryable.ts";
import { askForDelay } from "../../../sdk/typescript/src/worker/retry-delay.ts";
import type { WorkflowStepContext } from "../../../sdk/typescript/src/workflow-step.ts";
import { World } from "./support/world.ts";

const ONCE = { retries: { limit: 0, delay: 1 } } as const;

/** A step's config whose retries come at once. */
const retries = (limit: number) => ({ retries: { limit, delay: 1, backoff: "constant" } }) as const;

describe("a step that fails", () => {
  it("is tried again until it succeeds, counting attempts from 1", async () => {
    const world = new World();
    const attempts: number[] = [];
    await world.serve(async (_event, step) =>
      step.do("flaky", retries(3), async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error(`no ${attempt}`);
        return "yes";
      }),
    );

    expect(await world.run()).toEqual({ status: "complete", output: "yes" });
    expect(attempts).toEqual([1, 2, 3]);
    expect(await world.commits()).toEqual([
      ["stepStarted flaky-1", "stepFailed flaky-1", "parked"],
      ["retryDue flaky-1#2"],
      ["stepStarted flaky-1#2", "stepFailed flaky-1#2", "parked"],
      ["retryDue flaky-1#3"],
      ["stepStarted flaky-1#3", "stepCompleted flaky-1#3", "instanceCompleted"],
    ]);
  });

  it("gives run the last attempt's error when its retries are used up, in the commit that ends the instance", async () => {
    const world = new World();
    await world.serve(async (_event, step) =>
      step.do("hopeless", retries(1), async ({ attempt }) => {
        throw new RangeError(`attempt ${attempt}`);
      }),
    );

    expect(await world.run()).toEqual({ status: "errored", error: { name: "RangeError", message: "attempt 2" } });
    expect((await world.commits()).at(-1)).toEqual([
      "stepStarted hopeless-1#2",
      "stepFailed hopeless-1#2",
      "instanceFailed",
    ]);
  });

  it("can be caught, and the run goes on in the same commit", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const caught = await step
        .do("bad", ONCE, async () => {
          throw new TypeError("bad");
        })
        .catch((error: unknown) => error);
      return [caught instanceof TypeError, await step.do("next", async () => "next")];
    });

    expect(await world.run()).toEqual({ status: "complete", output: [true, "next"] });
    expect((await world.commits())[0]).toEqual(["stepStarted bad-1", "stepFailed bad-1", "stepStarted next-1"]);
  });

  it("is not tried again after a NonRetryableError, whatever its name", async () => {
    const world = new World();
    let calls = 0;
    await world.serve(async (_event, step) =>
      step.do("charge", retries(5), async () => {
        calls += 1;
        throw new NonRetryableError("card refused", "CardError");
      }),
    );

    expect(await world.run()).toEqual({ status: "errored", error: { name: "CardError", message: "card refused" } });
    expect(calls).toBe(1);
  });

  it("is retried beside a parallel step while the lease is held", async () => {
    const world = new World();
    const release = Promise.withResolvers<void>();
    await world.serve(async (_event, step) => {
      const long = step.do("long", async () => release.promise);
      const flaky = step.do("flaky", retries(2), async ({ attempt }) => {
        if (attempt < 3) throw new Error("not yet");
        release.resolve();
        return attempt;
      });
      return (await Promise.all([flaky, long]))[0];
    });

    expect(await world.run()).toEqual({ status: "complete", output: 3 });
    expect((await world.commits()).flat()).not.toContain("parked");
  });

  it("has the base delay that its delay function gives, and the function sees context and error", async () => {
    const world = new World();
    const asked: unknown[] = [];
    await world.serve(async (_event, step) => {
      const delay = ({ ctx, error }: { ctx: WorkflowStepContext; error: Error }) => {
        asked.push([ctx.step, ctx.attempt, ctx.config.retries, error.message]);
        return "1 hour" as const;
      };
      return step.do("slow", { retries: { limit: 1, delay, backoff: "linear" } }, async ({ attempt }) => {
        if (attempt === 1) throw new Error("busy");
        return attempt;
      });
    });
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(3_600_000);

    expect(await world.end()).toEqual({ status: "complete", output: 2 });
    const [failed, due] = await world.times("stepFailed slow-1", "retryDue slow-1#2");
    expect(due! - failed!).toBeGreaterThanOrEqual(3_600_000);
    expect(asked).toEqual([[{ name: "slow", count: 1 }, 1, { limit: 1, backoff: "linear" }, "busy"]]);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("oops")), 'The delay function for step "s-1" threw an error: oops'],
    [
      "gives no duration",
      () => "soon" as never,
      'The delay function for step "s-1" returned an invalid delay value (expected a number of ms or a duration string like "30 seconds")',
    ],
  ])("fails for good when its delay function %s", async (_what, delay, message) => {
    const world = new World();
    await world.serve(async (_event, step) =>
      step.do("s", { retries: { limit: 3, delay } }, async () => {
        throw new Error("x");
      }),
    );

    expect(await world.run()).toEqual({ status: "errored", error: { name: "NonRetryableDelayError", message } });
  });

  it("waits no longer than five seconds for its delay function", async () => {
    vi.useFakeTimers();
    try {
      const context = { step: { name: "s", count: 2 } } as WorkflowStepContext;
      const asked = askForDelay(() => new Promise(() => {}), context, new Error("x")).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(5_000);

      expect(await asked).toEqual(NonRetryableDelayError.late("s-2"));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("an attempt that takes too long", () => {
  it("fails with a WorkflowTimeoutError, its signal fires, and its late result is dropped", async () => {
    const world = new World();
    const late = Promise.withResolvers<string>();
    const reasons: unknown[] = [];
    await world.serve(async (_event, step) =>
      step.do("slow", { ...retries(1), timeout: 20 }, async ({ attempt, signal }) => {
        if (attempt === 2) return "in time";
        signal.addEventListener("abort", () => {
          reasons.push((signal.reason as Error).message);
          late.resolve("too late");
        });
        return late.promise;
      }),
    );

    expect(await world.run()).toEqual({ status: "complete", output: "in time" });
    expect(reasons).toEqual(["Execution timed out after 20ms"]);
  });

  it("errors the instance when it was the last one", async () => {
    const world = new World();
    await world.serve(async (_event, step) => step.do("stuck", { ...ONCE, timeout: 5 }, () => new Promise(() => {})));

    expect(await world.run()).toEqual({
      status: "errored",
      error: { name: "WorkflowTimeoutError", message: "Execution timed out after 5ms" },
    });
  });
});
