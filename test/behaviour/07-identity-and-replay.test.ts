import { describe, expect, it } from "vitest";
import type { WorkflowStep } from "../../sdk/typescript/src/index.ts";
import { CONFIGURATION } from "./support/configuration.ts";
import { outcomeOf } from "./support/loosely.ts";
import { EXACT, times, World } from "./support/world.ts";

/** A step that returns its own label. */
const labelled = (step: WorkflowStep, name: string): Promise<string> =>
  step.do(name, async (ctx) => `${ctx.step.name}-${ctx.step.count}`);

describe("the key of a step", () => {
  it("is its name and the how-many-th use of it, in loops too", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const labels: string[] = [];
      for (const name of ["a", "a", "b", "loop", "loop", "loop"]) labels.push(await labelled(step, name));
      return labels;
    });

    expect(output).toEqual(["a-1", "a-2", "b-1", "loop-1", "loop-2", "loop-3"]);
  });

  it("of a name with a number in it does not clash with another's", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => [await labelled(step, "a"), await labelled(step, "a-1")]);
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toEqual(["a-1", "a-1-1"]);
    const completed = (await world.story(instance)).filter((line) => line.startsWith("step_completed"));
    expect(completed).toEqual(["step_completed a-1", "step_completed a-1-1"]);
  });

  it("counts by the order of the calls, among parallel ones too", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const late = step.do("x", async (ctx) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return ctx.step.count;
      });
      return Promise.all([late, step.do("x", async (ctx) => ctx.step.count)]);
    });

    expect(output).toEqual([1, 2]);
  });

  it("may have the same name for a step, a sleep and a wait, each with a count of its own", async () => {
    const world = await World.open();
    const instance = await world.create();
    await instance.sendEvent({ type: "go" });
    await world.serve(async (_event, step) => {
      await step.do("x", async () => {});
      await step.sleep("x", 5);
      await step.sleep("x", 6);
      await step.waitForEvent("x", { type: "go" });
      return labelled(step, "x");
    });
    await world.end(instance);

    expect(await instance.result()).toBe("x-2");
    const started = (await world.story(instance)).filter((line) => line.includes("_started x"));
    expect(started.filter((line) => !line.startsWith("attempt"))).toEqual([
      "step_started x-1",
      "sleep_started x-1",
      "sleep_started x-2",
      "wait_started x-1",
      "step_started x-2",
    ]);
  });

  it("of a sleep does not hold its duration: a changed one answers from the journal", async () => {
    const world = await World.open();
    let naps = 0;
    await world.serve(async (_event, step) => {
      await step.sleep("nap", 1_000 + (naps += 1));
      await step.sleep("another", 1_000);
      return "woken";
    });
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toBe("woken");
    const slept = (await world.story(instance)).filter((line) => line.startsWith("sleep_started"));
    expect(slept).toEqual(["sleep_started nap-1", "sleep_started another-1"]);
  });

  it("is not changed by retries", async () => {
    const world = await World.open();
    const counts: number[] = [];
    await world.run(async (_event, step) =>
      step.do("x", { retries: { limit: 2, delay: 1 } }, async (ctx) => {
        counts.push(ctx.step.count);
        if (ctx.attempt < 3) throw new Error("again");
      }),
    );

    expect(new Set(counts)).toEqual(new Set([1]));
  });

  it("starts from 1 again in each pass", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const first = await labelled(step, "x");
      await step.sleep("nap", 1_000);
      const second = await labelled(step, "x");
      await step.sleep("nap", 1_000);
      return [first, second, await labelled(step, "x")];
    });

    expect(output).toEqual(["x-1", "x-2", "x-3"]);
  });
});

describe("a step within a step", () => {
  it("works, and is a step of its own in the history", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) =>
      step.do("outer", async () => `${await step.do("inner", async () => "in")} and out`),
    );
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toBe("in and out");
    expect(await world.story(instance)).toContain("step_completed inner-1");
  });

  it("gets the next count of its pass when the outer one is retried, and runs again where that is a new one", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      step.do("outer", { retries: { limit: 1, delay: "5 seconds" } }, async ({ attempt }) => {
        const inner = await labelled(step, "inner");
        if (attempt === 1) throw new Error("again");
        return inner;
      }),
    );

    // A pass that begins anew starts counting from 1.
    expect(output).toBe(CONFIGURATION.worker === "normal" ? "inner-2" : "inner-1");
  });
});

describe("parallel steps", () => {
  it("start in the order of their calls, and Promise.all gives their results in its order", async () => {
    const world = await World.open();
    const begun: string[] = [];
    const output = await world.result(async (_event, step) =>
      Promise.all(
        ["a", "b", "c"].map((name) =>
          step.do(name, async () => {
            begun.push(name);
            return name.toUpperCase();
          }),
        ),
      ),
    );

    expect(output).toEqual(["A", "B", "C"]);
    expect(begun.slice(0, 3)).toEqual(["a", "b", "c"]);
    expect(begun.length).toEqual(times(3));
  });

  it("can be awaited with allSettled", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const settled = await Promise.allSettled([
        step.do("a", async () => 1),
        step.do("b", { retries: { limit: 0, delay: 1 } }, async () => Promise.reject(new Error("no"))),
      ]);
      return settled.map(({ status }) => status);
    });

    expect(output).toEqual(["fulfilled", "rejected"]);
  });

  it("can be awaited with any", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      Promise.any([
        step.do("a", { retries: { limit: 0, delay: 1 } }, async () => Promise.reject(new Error("no"))),
        step.do("b", async () => "b"),
      ]),
    );

    expect(output).toBe("b");
  });

  it("that race have the same winner on each replay", async () => {
    const world = await World.open();
    const winners: string[] = [];
    await world.run(async (_event, step) => {
      const slow = step.do("slow", async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return "slow";
      });
      const winner = await Promise.race([slow, step.do("fast", async () => "fast")]);
      winners.push(winner);
      await slow;
      await step.sleep("nap", 1_000);
      await step.sleep("nap", 1_000);
    });

    expect(new Set(winners)).toHaveLength(1);
    expect(winners[0]).toMatch(EXACT ? /^fast$/ : /^(fast|slow)$/);
  });

  it("that lose a race go on and get into the history while run is alive", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      const loser = Promise.withResolvers<void>();
      const slow = step.do("loser", async () => {
        await loser.promise;
        return "done all the same";
      });
      await Promise.race([slow, step.do("winner", async () => "w")]);
      loser.resolve();
      return step.do("after", async () => slow);
    });
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toBe("done all the same");
    expect(await world.story(instance)).toContain("step_completed loser-1");
  });

  it("that are in flight when run settles run on to their end, and nothing more of them is in the history", async () => {
    const world = await World.open();
    const settled = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    await world.serve(async (_event, step) => {
      void step.do("not awaited", async () => {
        await settled.promise;
        ended.resolve();
      });
      await step.do("awaited", async () => {});
      return "over";
    });
    const instance = await world.create();
    expect(await world.end(instance)).toMatchObject({ status: "complete", output: "over" });
    settled.resolve();
    await ended.promise;

    expect(await world.story(instance)).not.toContain("step_completed not awaited-1");
    expect((await world.story(instance)).at(-1)).toBe("workflow_completed");
  });

  it("that fail while another is awaited do not end the process nor the instance", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const failing = step.do("failing", { retries: { limit: 0, delay: 1 } }, async () => {
        throw new Error("no");
      });
      await step.sleep("nap", 1_000);
      return outcomeOf(() => failing);
    });

    expect(output).toBe("Error: no");
  });
});

describe("an idle instance", () => {
  it("goes on where it was after a year, without its steps being run again", async () => {
    const world = await World.open();
    const calls: string[] = [];
    const output = await world.result(async (_event, step) => {
      const before = await step.do("before", async () => {
        calls.push("before");
        return { n: 1 };
      });
      await step.sleep("nap", "365 days");
      return step.do("after", async () => {
        calls.push("after");
        return before.n + 1;
      });
    });

    expect(output).toBe(2);
    expect(calls.filter((name) => name === "before")).toHaveLength(1);
    expect(calls.filter((name) => name === "after").length).toEqual(times(1));
  });
});
