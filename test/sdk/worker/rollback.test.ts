import { describe, expect, it } from "vitest";
import { NonRetryableError } from "../../../sdk/typescript/src/errors-non-retryable.ts";
import { stepLabel } from "../../../sdk/typescript/src/names.ts";
import type { WorkflowStepContext, WorkflowStepRollbackOptions } from "../../../sdk/typescript/src/workflow-step.ts";
import { World } from "./support/world.ts";

type Input = Parameters<WorkflowStepRollbackOptions["rollback"]>[0];

/** Notes which steps are undone. */
function undoing(undone: string[]): WorkflowStepRollbackOptions {
  return { rollback: ({ ctx }) => void undone.push(stepLabel(ctx.step.name, ctx.step.count)) };
}

const ONCE = { retries: { limit: 0, delay: 1 } } as const;
const AT_ONCE = { retries: { limit: 2, delay: 1, backoff: "constant" } } as const;
const NO = new TypeError("no");
const ERRORED = { status: "errored", error: { name: "TypeError", message: "no" } };

describe("a run that throws", () => {
  it("is undone step by step, the last one started first, in one commit a step", async () => {
    const world = new World();
    const undone: string[] = [];
    await world.serve(async (_event, step) => {
      await step.do("reserve", async () => 1, undoing(undone));
      await step.do("look", async () => 2);
      await step.do("charge", async () => 3, undoing(undone));
      await step.do("charge", async () => 4, undoing(undone));
      throw NO;
    });

    expect(await world.run()).toEqual(ERRORED);
    expect(undone).toEqual(["charge-2", "charge-1", "reserve-1"]);
    expect((await world.commits()).slice(-4)).toEqual(
      [
        ["stepCompleted charge-2", "rollbackStarted"],
        ["undo stepStarted charge-2"],
        ["undo stepCompleted charge-2", "undo stepStarted charge-1"],
        ["undo stepCompleted charge-1", "undo stepStarted reserve-1"],
        ["undo stepCompleted reserve-1", "rollbackCompleted", "instanceFailed"],
      ].slice(-4),
    );
  });

  it("tells its handlers what each step has come to, and why it is undone", async () => {
    const world = new World();
    const inputs: Input[] = [];
    const rollback = (input: Input) => void inputs.push(input);
    let contexts: WorkflowStepContext[] = [];
    await world.serve(async (_event, step) => {
      contexts = [];
      await step.do("made", async (ctx) => (contexts.push(ctx), new Map([[1, new Date(1)]])), { rollback });
      const flaky = step.do("flaky", AT_ONCE, () => Promise.reject(new Error("always")), { rollback });
      await flaky.catch(() => {});
      await step.do("nothing", async () => {}, { rollback });
      throw NO;
    });

    expect(await world.run()).toEqual(ERRORED);
    expect(inputs.map(({ ctx, output, stepName }) => [stepName, ctx.step, ctx.attempt, output])).toEqual([
      ["nothing-1", { name: "nothing", count: 1 }, 1, undefined],
      ["flaky-1", { name: "flaky", count: 1 }, 3, undefined],
      ["made-1", { name: "made", count: 1 }, 1, new Map([[1, new Date(1)]])],
    ]);
    expect(inputs.map(({ error }) => error)).toEqual([NO, NO, NO]);
    expect(inputs.every(({ error }) => error instanceof TypeError)).toBe(true);
    expect(inputs[1]?.ctx.config).toEqual({ ...AT_ONCE, timeout: "10 minutes" });
    // What undoes a payment must not be taken for the payment again.
    expect(inputs[2]?.ctx.idempotencyKey).not.toBe(contexts[0]?.idempotencyKey);
  });

  it("drops the callbacks in flight, whose signal fires, and undoes their steps too", async () => {
    const world = new World();
    const reasons: unknown[] = [];
    const outputs: unknown[] = [];
    await world.serve(async (_event, step) => {
      const long = step.do(
        "long",
        ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener("abort", () => {
              reasons.push((signal.reason as Error).message);
              resolve("late");
            });
          }),
        { rollback: ({ output }) => void outputs.push(output) },
      );
      await Promise.all([long, step.do("bad", ONCE, () => Promise.reject(NO))]);
    });

    expect(await world.run()).toEqual(ERRORED);
    expect(reasons).toEqual(["the instance is rolling back"]);
    expect(outputs).toEqual([undefined]);
    expect((await world.commits()).flat()).not.toContain("stepCompleted long-1");
  });

  it("is undone after a value that cannot be stored, too", async () => {
    const world = new World();
    const undone: string[] = [];
    await world.serve(async (_event, step) => {
      await step.do("first", async () => 1, undoing(undone));
      await step.do("second", async () => () => {}, undoing(undone));
    });

    expect(await world.run()).toMatchObject({ status: "errored", error: { name: "WorkflowFatalError" } });
    expect(undone).toEqual(["second-1", "first-1"]);
  });

  it("is not undone when it succeeds after a failure, or is terminated plainly", async () => {
    const world = new World();
    const undone: string[] = [];
    await world.serve(async (event, step) => {
      await step.do("bad", ONCE, () => Promise.reject(NO), undoing(undone)).catch(() => {});
      if (event.payload === "stay") await step.sleep("nap", "1 day");
    });

    expect(await world.run()).toMatchObject({ status: "complete" });
    await world.create("j", "stay");
    await world.until("parked", "j");
    await world.engine.command("j", "terminate");
    expect(await world.end("j")).toMatchObject({ status: "terminated" });
    expect(undone).toEqual([]);
  });

  it("runs no more of its code than what undoes its steps", async () => {
    const world = new World();
    const calls: string[] = [];
    await world.serve(async (_event, step) => {
      const stray = async (): Promise<void> => {
        await step.sleep("nap", 1);
        await step.do("stray", async () => calls.push("stray"));
      };
      await step.do("first", async () => calls.push("first"), {
        rollback: async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          calls.push("undo");
        },
      });
      await Promise.all([stray(), step.do("bad", ONCE, () => Promise.reject(NO))]);
    });

    expect(await world.run()).toEqual(ERRORED);
    expect(calls).toEqual(["first", "undo"]);
  });
});

describe("a rollback handler", () => {
  it("is tried again by its own config, parked between attempts", async () => {
    const world = new World();
    const attempts: number[] = [];
    await world.serve(async (_event, step) => {
      await step.do("a", ONCE, async () => 1, {
        rollback: ({ ctx }) => {
          attempts.push(ctx.attempt);
          if (attempts.length < 3) throw new Error("not yet");
        },
        rollbackConfig: AT_ONCE,
      });
      throw NO;
    });

    expect(await world.run()).toEqual(ERRORED);
    // It is told the attempt of the step, not its own.
    expect(attempts).toEqual([1, 1, 1]);
    expect((await world.commits()).slice(1)).toEqual([
      ["undo stepStarted a-1"],
      ["undo stepFailed a-1", "parked"],
      ["undo retryDue a-1#2"],
      ["undo stepStarted a-1#2"],
      ["undo stepFailed a-1#2", "parked"],
      ["undo retryDue a-1#3"],
      ["undo stepStarted a-1#3"],
      ["undo stepCompleted a-1#3", "rollbackCompleted", "instanceFailed"],
    ]);
  });

  it("that fails for good ends the rollback, and the instance's error stays", async () => {
    const world = new World();
    const undone: string[] = [];
    await world.serve(async (_event, step) => {
      await step.do("first", async () => 1, undoing(undone));
      await step.do("second", async () => 2, {
        rollback: () => {
          throw new NonRetryableError("it is gone", "Gone");
        },
      });
      throw NO;
    });

    expect(await world.run()).toEqual(ERRORED);
    expect(undone).toEqual([]);
    expect((await world.commits()).at(-1)).toEqual(["undo stepFailed second-1", "rollbackFailed", "instanceFailed"]);
    const { rollback } = await world.engine.get("i");
    expect(rollback?.failure).toMatchObject({ name: "Gone", message: "it is gone" });
  });

  it("has a time-out and a delay function of its own", async () => {
    const world = new World();
    const asked: unknown[] = [];
    const aborted: unknown[] = [];
    await world.serve(async (_event, step) => {
      const delay = ({ ctx, error }: { ctx: WorkflowStepContext; error: Error }) => {
        asked.push([ctx.attempt, error.name]);
        return 2;
      };
      await step.do("a", async () => 1, {
        rollback: ({ ctx }) =>
          new Promise(() => ctx.signal.addEventListener("abort", () => aborted.push(ctx.signal.reason))),
        rollbackConfig: { retries: { limit: 1, delay }, timeout: 5 },
      });
      throw NO;
    });

    expect(await world.run()).toEqual(ERRORED);
    expect(asked).toEqual([[1, "WorkflowTimeoutError"]]);
    expect(aborted).toMatchObject([{ name: "WorkflowTimeoutError" }, { name: "WorkflowTimeoutError" }]);
    expect((await world.engine.get("i")).rollback?.failure?.name).toBe("WorkflowTimeoutError");
  });

  it("may give anything, which is dropped", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      await step.do("a", async () => 1, { rollback: async () => (() => {}) as never });
      throw NO;
    });

    expect(await world.run()).toEqual(ERRORED);
    expect((await world.commits()).at(-1)).toContain("rollbackCompleted");
  });

  it("cannot ask for steps, sleeps and events", async () => {
    const world = new World();
    const refused: unknown[] = [];
    await world.serve(async (_event, step) => {
      await step.do("a", async () => 1, {
        rollback: async () => {
          const calls = [
            () => step.do("b", async () => 2),
            () => step.sleep("nap", 1),
            () => step.sleepUntil("nap", Date.now() + 1),
            () => step.waitForEvent("go", { type: "go" }),
          ];
          for (const call of calls) await call().catch((error: unknown) => refused.push(error));
        },
      });
      throw NO;
    });

    expect(await world.run()).toEqual(ERRORED);
    const refusal = { name: "WorkflowFatalError", message: "Cannot execute steps during rollback phase" };
    expect(refused).toMatchObject([refusal, refusal, refusal, refusal]);
  });
});
