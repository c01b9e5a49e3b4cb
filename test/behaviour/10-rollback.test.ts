import { describe, expect, it } from "vitest";
import { NonRetryableError, type WorkflowStep } from "../../sdk/typescript/src/index.ts";
import { Gate } from "./support/gate.ts";
import { loosely, outcomeOf } from "./support/loosely.ts";
import { EXACT, type Script, times, World } from "./support/world.ts";

const ONCE = { retries: { limit: 0, delay: 1 } } as const;

/** Steps that note how they are undone. */
class Undoing {
  readonly undone: string[] = [];

  step(step: WorkflowStep, name: string, callback: () => unknown = () => name): Promise<unknown> {
    const rollback = async () => {
      this.undone.push(name);
    };
    return step.do(name, ONCE, async () => callback(), { rollback });
  }

  /** In order, each once: where workers are killed a handler may be called again. */
  get order(): readonly string[] {
    return [...new Set(this.undone)];
  }
}

describe("a rollback", () => {
  it("undoes the steps in the reverse order of their start when run throws, and the error stays the original one", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    const status = await world.run(async (_event, step) => {
      await undoing.step(step, "a");
      await undoing.step(step, "b");
      await undoing.step(step, "c");
      throw new RangeError("too much");
    });

    expect(status).toEqual({
      status: "errored",
      error: { name: "RangeError", message: "too much" },
      output: null,
      rollback: { outcome: "complete", error: null },
    });
    expect(undoing.order).toEqual(["c", "b", "a"]);
    expect(undoing.undone.length).toEqual(times(3));
  });

  it("comes with an uncaught NonRetryableError and the failure of a step too", async () => {
    for (const error of [new NonRetryableError("no"), new Error("no")]) {
      const world = await World.open();
      const undoing = new Undoing();
      await world.run(async (_event, step) => {
        await undoing.step(step, "a");
        await step.do("fails", ONCE, async () => Promise.reject(error));
      });

      expect(undoing.order).toEqual(["a"]);
    }
  });

  it.each(["complete", "terminated"])("does not come when the instance is %s", async (end) => {
    const world = await World.open();
    const undoing = new Undoing();
    await world.serve(async (_event, step) => {
      await undoing.step(step, "a");
      await outcomeOf(() => step.do("fails and is caught", ONCE, async () => Promise.reject(new Error("no"))));
      if (end === "terminated") await step.sleep("nap", "1 day");
    });
    const instance = await world.create();
    if (end === "terminated") {
      await world.until(instance, "sleep_started");
      await instance.terminate();
    }
    await instance.waitForEnd();

    expect(await instance.status()).toMatchObject({ status: end, rollback: null });
    expect(undoing.undone).toEqual([]);
  });

  it("undoes steps that were started and failed, caught or not, and skips those without a handler", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    await world.run(async (_event, step) => {
      await undoing.step(step, "a");
      await step.do("without", async () => {});
      await outcomeOf(() =>
        undoing.step(step, "caught", () => {
          throw new Error("no");
        }),
      );
      await undoing.step(step, "uncaught", () => {
        throw new Error("no");
      });
    });

    expect(undoing.order).toEqual(["uncaught", "caught", "a"]);
  });

  it("undoes a step in flight", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    const gate = new Gate();
    await world.run(async (_event, step) => {
      void undoing.step(step, "in flight", () => gate.pass());
      await undoing.step(step, "fails", async () => {
        await gate.reached;
        throw new Error("no");
      });
    });
    gate.open();

    expect(undoing.order).toEqual(["fails", "in flight"]);
  });

  it("does not undo a step that was never started", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    const script: Script = async (event, step) => {
      await undoing.step(step, "a");
      if (event.payload === "fail") throw new Error("before b");
      await undoing.step(step, "b");
    };
    await world.run(script, { params: "fail" });

    expect(undoing.order).toEqual(["a"]);
  });
});

describe("a rollback handler", () => {
  it("gets the context of its step, the error, the output and the step's label", async () => {
    const world = await World.open();
    const seen: unknown[] = [];
    await world.run(async (_event, step) => {
      await step.do(
        "charge",
        { retries: { limit: 3, delay: 1 } },
        async ({ attempt }) => {
          if (attempt === 1) throw new Error("again");
          return new Map([["charge", 7n]]);
        },
        {
          rollback: async (input) => {
            const { ctx, error, output } = input;
            const { stepName } = input as unknown as { stepName: string };
            seen.push([ctx.step, ctx.attempt, ctx.config.retries.limit, error.name, error.message, output, stepName]);
          },
        },
      );
      throw new RangeError("too much");
    });

    expect(seen[0]).toEqual([
      { name: "charge", count: 1 },
      2,
      3,
      "RangeError",
      "too much",
      new Map([["charge", 7n]]),
      "charge-1",
    ]);
    expect(seen.length).toEqual(times(1));
  });

  it("gets no output of a step that failed", async () => {
    const world = await World.open();
    const outputs: unknown[] = [];
    await world.run(async (_event, step) =>
      step.do("x", ONCE, async () => Promise.reject(new Error("no")), {
        rollback: async ({ output }) => void outputs.push(output),
      }),
    );

    expect([...new Set(outputs)]).toEqual([undefined]);
  });

  it("is retried like a step, five times after ten seconds and more where its config says nothing", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await step.do("x", async () => {}, {
        rollback: async () => {
          throw new Error("cannot undo");
        },
      });
      throw new Error("original");
    });
    const instance = await world.create();
    const status = await world.end(instance);
    const failed = (await world.events(instance)).filter((event) => event.type === "rollback_attempt_errored");

    expect(status).toEqual({
      status: "errored",
      error: { name: "Error", message: "original" },
      output: null,
      rollback: { outcome: "failed", error: { name: "Error", message: "cannot undo" } },
    });
    // An attempt that is lost with its worker is followed by the next at once.
    const delays = failed.map(({ retryDelayMs }) => retryDelayMs).filter((ms) => ms !== 0);
    expect(delays).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, undefined].slice(-delays.length));
    expect(failed).toHaveLength(6);
  });

  it("is retried as its own config says", async () => {
    const world = await World.open();
    const attempts: number[] = [];
    const { rollback } = await world.run(async (_event, step) => {
      await step.do("x", async () => {}, {
        rollback: async () => {
          attempts.push(attempts.length + 1);
          if (attempts.length < 2) throw new Error("again");
        },
        rollbackConfig: { retries: { limit: 5, delay: 1 } },
      });
      throw new Error("original");
    });

    expect(rollback).toEqual({ outcome: "complete", error: null });
    expect(attempts.length).toEqual(times(2));
  });

  it("that throws a NonRetryableError is not retried", async () => {
    const world = await World.open();
    let calls = 0;
    const { rollback } = await world.run(async (_event, step) => {
      await step.do("x", async () => {}, {
        rollback: async () => {
          calls += 1;
          throw new NonRetryableError("cannot undo");
        },
      });
      throw new Error("original");
    });

    expect(rollback).toEqual({ outcome: "failed", error: { name: "NonRetryableError", message: "cannot undo" } });
    expect(calls).toEqual(times(1));
  });

  it("has its own timeout", async () => {
    const world = await World.open();
    const { rollback } = await world.run(async (_event, step) => {
      await step.do("x", async () => {}, {
        rollback: () => new Promise(() => {}),
        rollbackConfig: { ...ONCE, timeout: 30 },
      });
      throw new Error("original");
    });

    expect(rollback).toMatchObject({ outcome: "failed", error: { name: "WorkflowTimeoutError" } });
  });

  it("that finally fails stops the chain", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    const { rollback } = await world.run(async (_event, step) => {
      await undoing.step(step, "a");
      await step.do("b", async () => {}, {
        rollback: async () => {
          throw new Error("cannot undo b");
        },
        rollbackConfig: ONCE,
      });
      await undoing.step(step, "c");
      throw new Error("original");
    });

    expect(rollback).toEqual({ outcome: "failed", error: { name: "Error", message: "cannot undo b" } });
    expect(undoing.order).toEqual(["c"]);
  });

  it("does not count as a step", async () => {
    const world = await World.open({ stepLimit: 2 });
    const undoing = new Undoing();
    const { rollback } = await world.run(async (_event, step) => {
      await undoing.step(step, "a");
      await undoing.step(step, "b");
      throw new Error("original");
    });

    expect(rollback).toEqual({ outcome: "complete", error: null });
    expect(undoing.order).toEqual(["b", "a"]);
  });

  it("can have no steps", async () => {
    const world = await World.open();
    const outcomes: string[] = [];
    await world.run(async (_event, step) => {
      await step.do("x", async () => {}, {
        rollback: async () => {
          outcomes.push(await outcomeOf(() => loosely(step).do("inside", async () => {})));
        },
      });
      throw new Error("original");
    });

    expect([...new Set(outcomes)]).toEqual(["WorkflowFatalError: Cannot execute steps during rollback phase"]);
  });

  it("that is not in the code any more stops the chain with RollbackMissing", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    await world.serve(async (_event, step) => {
      await undoing.step(step, "a");
      await step.sleep("nap", 5_000);
    });
    const instance = await world.create();
    await world.reaches(instance, "waiting");
    await world.serve(async (_event, step) => {
      await step.do("a", async () => {});
      await step.sleep("nap", 5_000);
      throw new Error("original");
    });
    const { rollback } = await world.end(instance);

    expect(rollback).toMatchObject({
      outcome: "failed",
      error: { name: "RollbackMissing", message: "Rollback function not available in registry" },
    });
  });
});

describe("terminate with a rollback", () => {
  /** An instance that has done two steps and sleeps. */
  async function asleep(world: World, undoing: Undoing, errors: string[] = []) {
    await world.serve(async (_event, step) => {
      await undoing.step(step, "a");
      await step.do("b", async () => "b", {
        rollback: async ({ error }) => {
          errors.push(`${error.name}: ${error.message}`);
          undoing.undone.push("b");
        },
      });
      await step.sleep("nap", "1 day");
      await undoing.step(step, "c");
    });
    const instance = await world.create();
    await world.until(instance, "sleep_started");
    await world.reaches(instance, "waiting");
    return instance;
  }

  it("undoes the steps, which are told that they are terminated, and ends terminated", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    const errors: string[] = [];
    const instance = await asleep(world, undoing, errors);
    await instance.terminate({ rollback: true });

    expect(await instance.waitForEnd()).toEqual({
      status: "terminated",
      output: null,
      rollback: { outcome: "complete", error: null },
    });
    expect(undoing.order).toEqual(["b", "a"]);
    expect([...new Set(errors)]).toEqual(["Terminated: Instance terminated during rollback"]);
  });

  it("works while it is paused", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    const instance = await asleep(world, undoing);
    await instance.pause();
    await instance.terminate({ rollback: true });

    expect(await instance.waitForEnd()).toMatchObject({ status: "terminated", rollback: { outcome: "complete" } });
    expect(undoing.order).toEqual(["b", "a"]);
  });

  it("works when run has to be replayed only to collect the handlers", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    const instance = await asleep(world, undoing);
    const calls: string[] = [];
    // The same code in another worker.
    await world.serve(async (_event, step) => {
      await undoing.step(step, "a", () => calls.push("a"));
      await undoing.step(step, "b", () => calls.push("b"));
      await step.sleep("nap", "1 day");
      await undoing.step(step, "c", () => calls.push("c"));
    });
    await instance.terminate({ rollback: true });

    expect(await instance.waitForEnd()).toMatchObject({ status: "terminated", rollback: { outcome: "complete" } });
    expect(undoing.order).toEqual(["b", "a"]);
    expect(calls).toEqual([]);
  });

  it("of an instance that has done nothing is over at once", async () => {
    const world = await World.open();
    const instance = await world.create();
    await world.serve(async (_event, step) => step.sleep("nap", "1 day"));
    await world.reaches(instance, "waiting");
    await instance.terminate({ rollback: true });

    expect(await instance.waitForEnd()).toMatchObject({ status: "terminated" });
  });
});

describe("the events of a rollback", () => {
  it.runIf(EXACT)("come before the end of the instance, in the order of the undoing", async () => {
    const world = await World.open();
    const undoing = new Undoing();
    await world.serve(async (_event, step) => {
      await undoing.step(step, "a");
      await undoing.step(step, "b");
      throw new Error("original");
    });
    const instance = await world.create();
    await world.end(instance);
    const story = await world.story(instance);
    const undo = (name: string): readonly string[] => [
      `rollback_step_started ${name}`,
      `rollback_attempt_started ${name}`,
      `rollback_attempt_completed ${name}`,
      `rollback_step_completed ${name}`,
    ];

    expect(story.slice(story.indexOf("rollback_started"))).toEqual([
      "rollback_started",
      ...undo("b-1"),
      ...undo("a-1"),
      "rollback_completed",
      "workflow_errored",
    ]);
  });

  it("tell with which error a handler finally failed", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await step.do("x", async () => {}, {
        rollback: async () => {
          throw new RangeError("cannot undo");
        },
        rollbackConfig: ONCE,
      });
      throw new Error("original");
    });
    const instance = await world.create();
    await world.end(instance);
    const events = await world.events(instance);

    expect(events.find(({ type }) => type === "rollback_step_errored")).toMatchObject({
      stepName: "x-1",
      error: { name: "RangeError", message: "cannot undo" },
    });
    expect(events.slice(-2).map(({ type }) => type)).toEqual(["rollback_errored", "workflow_errored"]);
  });
});
