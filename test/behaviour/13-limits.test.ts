import { describe, expect, it } from "vitest";
import { CONFIGURATION } from "./support/configuration.ts";
import { outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

const MIB = 1_048_576;

describe("the limit of steps", () => {
  it("refuses the step after the last with a WorkflowFatalError that can be caught", async () => {
    const world = await World.open({ stepLimit: 3 });
    const output = await world.result(async (_event, step) => {
      const outcomes: string[] = [];
      for (let round = 0; round < 4; round += 1) outcomes.push(await outcomeOf(() => step.do("x", async () => {})));
      return outcomes;
    });

    expect(output).toEqual([
      "taken",
      "taken",
      "taken",
      "WorkflowFatalError: The limit of 3 steps has been reached. This limit can be changed in your worker configuration.",
    ]);
  });

  it("uncaught errors the instance", async () => {
    const world = await World.open({ stepLimit: 1 });
    const status = await world.run(async (_event, step) => {
      await step.do("a", async () => {});
      await step.do("b", async () => {});
    });

    expect(status).toMatchObject({ status: "errored", error: { name: "WorkflowFatalError" } });
  });

  it("counts steps, not attempts, sleeps or waits", async () => {
    const world = await World.open({ stepLimit: 1 });
    const instance = await world.create();
    await instance.sendEvent({ type: "go" });
    await world.serve(async (_event, step) => {
      await step.sleep("nap", 1);
      await step.waitForEvent("w", { type: "go" });
      return step.do("x", { retries: { limit: 2, delay: 1 } }, async ({ attempt }) => {
        if (attempt < 3) throw new Error("again");
        return attempt;
      });
    });
    await world.end(instance);

    expect(await instance.result()).toBe(3);
  });

  // In ten reports and more: a worker that is killed after each would be long about it.
  it.runIf(CONFIGURATION.worker === "normal")("is 10,000 where nobody says otherwise", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      // All at once: thousands of them travel together.
      const steps = Array.from({ length: 10_000 }, () => step.do("x", async () => {}));
      const refused = await outcomeOf(() => step.do("x", async () => {}));
      await Promise.all(steps);
      return refused;
    });

    expect(output).toBe(
      "WorkflowFatalError: The limit of 10000 steps has been reached. This limit can be changed in your worker configuration.",
    );
  });
});

describe("the limit of 1 MiB", () => {
  it.each([
    [
      "a step's result",
      async (world: World, bytes: number) =>
        outcomeOf(() =>
          world.result(async (_event, step) => void (await step.do("x", async () => new Uint8Array(bytes)))),
        ),
    ],
    [
      "an event's payload",
      async (world: World, bytes: number) =>
        outcomeOf(async () => (await world.create()).sendEvent({ type: "go", payload: new Uint8Array(bytes) })),
    ],
    ["params", async (world: World, bytes: number) => outcomeOf(() => world.create({ params: new Uint8Array(bytes) }))],
  ])("holds for %s, to the byte", async (_what, attempt) => {
    const world = await World.open();

    expect(await attempt(world, MIB)).toBe("taken");
    expect(await attempt(world, MIB + 1)).toMatch(/1048577 bytes/);
  });
});
