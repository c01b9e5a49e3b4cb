import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

const HOUR_MS = 3_600_000;

describe("a sleep", () => {
  it("of no time, or less, ends at once", async () => {
    const world = new World();
    await world.serve(async (_event, step) => [await step.sleep("zero", 0), await step.sleep("less", -5)]);

    expect(await world.run()).toEqual({ status: "complete", output: [undefined, undefined] });
  });

  it("until a time in the past throws, and one that has ended answers from the journal", async () => {
    const world = new World();
    const soon = Date.now() + HOUR_MS;
    await world.serve(async (_event, step) => {
      const past = await step.sleepUntil("past", 1_000).catch((error: unknown) => (error as Error).message);
      await step.sleepUntil("soon", new Date(soon));
      return past;
    });
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(HOUR_MS);

    expect(await world.end()).toEqual({
      status: "complete",
      output: "You can't sleep until a time in the past, time-traveler",
    });
  });

  it("beside a step that takes longer ends while the lease is held", async () => {
    const world = new World();
    const slept = Promise.withResolvers<void>();
    await world.serve(async (_event, step) => {
      const long = step.do("long", async () => slept.promise.then(() => "long"));
      const winner = await Promise.race([long, step.sleep("short", 20).then(() => "short")]);
      slept.resolve();
      return [winner, await long];
    });

    expect(await world.run()).toEqual({ status: "complete", output: ["short", "long"] });
  });
});

describe("a wait for an event", () => {
  it("gets the whole event, its values of the kinds they were sent as", async () => {
    const world = new World();
    await world.serve(async (_event, step) => step.waitForEvent("approval", { type: "approved" }));
    await world.create();
    await world.until("parked");
    await world.engine.sendEvent("i", "approved", { at: new Date(7), tags: new Set(["a"]) });

    const { output } = await world.end();
    expect(output).toEqual({
      type: "approved",
      payload: { at: new Date(7), tags: new Set(["a"]) },
      timestamp: expect.any(Date),
    });
  });

  it("gets an event that was sent before it, one for each wait, in the order of sending", async () => {
    const world = new World();
    await world.create();
    for (const n of [1, 2, 3]) await world.engine.sendEvent("i", "tick", n);
    await world.serve(async (_event, step) => {
      const [a, b] = await Promise.all([
        step.waitForEvent("a", { type: "tick" }),
        step.waitForEvent("b", { event: "tick" }),
      ]);
      const c = await step.waitForEvent("c", { type: "tick" });
      return [a.payload, b.payload, c.payload];
    });

    expect(await world.end()).toEqual({ status: "complete", output: [1, 2, 3] });
  });

  it("that nobody answers throws a WorkflowTimeoutError with its time, which run can catch", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      try {
        return await step.waitForEvent("answer", { type: "answer", timeout: "1 hour" });
      } catch (error) {
        return [(error as Error).name, (error as Error).message];
      }
    });
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(HOUR_MS);

    expect(await world.end()).toEqual({
      status: "complete",
      output: ["WorkflowTimeoutError", "Execution timed out after 3600000ms"],
    });
  });

  it("is told of an event while a step is in flight", async () => {
    const world = new World();
    const told = Promise.withResolvers<void>();
    await world.serve(async (_event, step) => {
      const long = step.do("long", async () => told.promise);
      const { payload } = await step.waitForEvent("go", { type: "go" });
      told.resolve();
      await long;
      return payload as unknown;
    });
    await world.create();
    await world.until("waitStarted go-1");
    await world.engine.sendEvent("i", "go", "now");

    expect(await world.end()).toEqual({ status: "complete", output: "now" });
    expect((await world.commits()).flat()).not.toContain("parked");
  });
});
