import { describe, expect, it } from "vitest";
import { loosely, outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

const DAY_MS = 86_400_000;

describe("step.waitForEvent", () => {
  it("gives the whole event: payload, type, and the time at which it was sent", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => step.waitForEvent("approval", { type: "approved" }));
    const instance = await world.create();
    await world.until(instance, "wait_started", "approval-1");
    world.pass(90_000);
    const sentAt = world.now;
    await instance.sendEvent({ type: "approved", payload: { by: "Ada" } });
    await world.end(instance);

    expect(await instance.result()).toEqual({ payload: { by: "Ada" }, type: "approved", timestamp: new Date(sentAt) });
  });

  it.each([
    ["24 hours unless it says otherwise", undefined, DAY_MS],
    ["as long as a text says", "2 days", 2 * DAY_MS],
    ["as many ms as a number says", 1_000, 1_000],
    ["at most 365 days", "365 days", 365 * DAY_MS],
  ])("waits %s", async (_what, timeout, ms) => {
    const world = await World.open();
    const begun = world.now;
    await world.serve(async (_event, step) => step.waitForEvent("w", { type: "go", timeout: timeout as number }));
    const instance = await world.create();
    const { error } = await world.end(instance);
    const over = (await world.events(instance)).find(({ type }) => type === "wait_timed_out");

    expect(error).toEqual({ name: "WorkflowTimeoutError", message: `Execution timed out after ${ms}ms` });
    expect(over?.timestamp).toBe(begun + ms);
  });

  it("can be caught when its time is over, and run goes on", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      const outcome = await outcomeOf(() => step.waitForEvent("w", { type: "go", timeout: "1 minute" }));
      return [outcome, await step.do("next", async () => "next")];
    });

    expect(output).toEqual(["WorkflowTimeoutError: Execution timed out after 60000ms", "next"]);
  });

  it("throws the same error on each replay after its time, though an event came since", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      const outcome = await outcomeOf(() => step.waitForEvent("w", { type: "go", timeout: "1 minute" }));
      await step.sleep("nap", "5 seconds");
      return outcome;
    });
    const instance = await world.create();
    await world.until(instance, "wait_started", "w-1");
    world.pass(60_000);
    await world.until(instance, "sleep_started", "nap-1");
    await instance.sendEvent({ type: "go" });
    await world.end(instance);

    expect(await instance.result()).toBe("WorkflowTimeoutError: Execution timed out after 60000ms");
  });

  it.each(["a", "A_1-b", "_x", "x".repeat(100)])("may wait for the type %j", async (type) => {
    const world = await World.open();
    await world.serve(async (_event, step) => (await step.waitForEvent("w", { type })).type);
    const instance = await world.create();
    await instance.sendEvent({ type });
    await world.end(instance);

    expect(await instance.result()).toBe(type);
  });

  it.each([
    ["the type", { type: "a.b" }],
    ["the type", { type: "" }],
    ["the type", { type: "-a" }],
    ["the type", { type: "x".repeat(101) }],
    ["the type", { type: 7 }],
    ["the type", {}],
    ["the timeout", { type: "go", timeout: 999 }],
    ["the timeout", { type: "go", timeout: -1 }],
    ["the timeout", { type: "go", timeout: "366 days" }],
    ["the timeout", { type: "go", timeout: "soon" }],
    ["two types", { type: "go", event: "stop" }],
    ["no options", null],
  ])("refuses %s of %j", async (_what, options) => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      outcomeOf(() => loosely(step).waitForEvent("w", options)),
    );

    expect(output).toMatch(/^WorkflowFatalError: /);
  });

  it("does not count as a step", async () => {
    const world = await World.open({ stepLimit: 1 });
    await world.serve(async (_event, step) => {
      await step.waitForEvent("a", { type: "go" });
      await step.waitForEvent("b", { type: "go" });
      return step.do("only", async () => "one");
    });
    const instance = await world.create();
    await instance.sendEvent({ type: "go" });
    await instance.sendEvent({ type: "go" });
    await world.end(instance);

    expect(await instance.result()).toBe("one");
  });
});
