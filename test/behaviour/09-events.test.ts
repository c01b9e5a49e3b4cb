import { describe, expect, it } from "vitest";
import { loosely, outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

describe("an event", () => {
  it("that is sent right after create, before the wait is reached, is kept for it", async () => {
    const world = await World.open();
    const instance = await world.create();
    await instance.sendEvent({ type: "go", payload: "early" });
    await world.serve(async (_event, step) => {
      await step.sleep("nap", "5 seconds");
      return (await step.waitForEvent("w", { type: "go" })).payload as unknown;
    });
    await world.end(instance);

    expect(await instance.result()).toBe("early");
  });

  it("of one type is given out in the order of arrival", async () => {
    const world = await World.open();
    const instance = await world.create();
    for (const payload of [1, 2, 3]) await instance.sendEvent({ type: "go", payload });
    await world.serve(async (_event, step) => {
      const got: unknown[] = [];
      for (let round = 0; round < 3; round += 1) got.push((await step.waitForEvent("w", { type: "go" })).payload);
      return got;
    });
    await world.end(instance);

    expect(await instance.result()).toEqual([1, 2, 3]);
  });

  it("goes to the wait of its type that has waited longest, and feeds that one only", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      const wait = async (name: string) => (await step.waitForEvent(name, { type: "go" })).payload as unknown;
      return Promise.all([wait("first"), wait("second")]);
    });
    const instance = await world.create();
    await world.until(instance, "wait_started", "second-1");
    await instance.sendEvent({ type: "go", payload: 1 });
    await world.until(instance, "wait_completed", "first-1");
    await instance.sendEvent({ type: "go", payload: 2 });
    await world.end(instance);

    expect(await instance.result()).toEqual([1, 2]);
  });

  it("of another type stays where it is and disturbs nothing", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      const go = await step.waitForEvent("go", { type: "go" });
      const other = await step.waitForEvent("other", { type: "other" });
      return [go.payload as unknown, other.payload as unknown];
    });
    const instance = await world.create();
    await world.until(instance, "wait_started", "go-1");
    await instance.sendEvent({ type: "other", payload: "later" });
    await instance.sendEvent({ type: "go", payload: "now" });
    await world.end(instance);

    expect(await instance.result()).toEqual(["now", "later"]);
  });

  it("that comes after a wait's time is over is not that wait's, but the next one's", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      const first = await outcomeOf(() => step.waitForEvent("first", { type: "go", timeout: "1 minute" }));
      return [first, (await step.waitForEvent("second", { type: "go" })).payload as unknown];
    });
    const instance = await world.create();
    await world.until(instance, "wait_started", "first-1");
    world.pass(60_000);
    await instance.sendEvent({ type: "go", payload: "late" });
    await world.end(instance);

    expect(await instance.result()).toEqual(["WorkflowTimeoutError: Execution timed out after 60000ms", "late"]);
  });

  it("is swallowed by a wait that merely lost a race, as it still stands in line", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      const loser = step.waitForEvent("loser", { type: "go" });
      await Promise.race([loser, step.sleep("nap", "1 minute")]);
      const next = await step.waitForEvent("next", { type: "go" });
      return [(await loser).payload as unknown, next.payload as unknown];
    });
    const instance = await world.create();
    await world.until(instance, "sleep_started", "nap-1");
    world.pass(60_000);
    await world.until(instance, "wait_started", "next-1");
    await instance.sendEvent({ type: "go", payload: 1 });
    await instance.sendEvent({ type: "go", payload: 2 });
    await world.end(instance);

    expect(await instance.result()).toEqual([1, 2]);
  });

  it.each([
    ["a Date", new Date(0)],
    ["a Map", new Map([["a", new Set([1n])]])],
    ["nothing", undefined],
    ["null", null],
    ["an object", { a: [1, "b"] }],
  ])("may carry %s, which arrives as it is", async (_what, payload) => {
    const world = await World.open();
    const instance = await world.create();
    await instance.sendEvent({ type: "go", payload });
    await world.serve(async (_event, step) => (await step.waitForEvent("w", { type: "go" })).payload as unknown);
    await world.end(instance);

    expect(await instance.result()).toEqual(payload);
  });

  it("may carry 1 MiB at most", async () => {
    const world = await World.open();
    const instance = await world.create();

    await instance.sendEvent({ type: "go", payload: "x".repeat(1_048_000) });
    await expect(instance.sendEvent({ type: "go", payload: "x".repeat(1_048_577) })).rejects.toThrow(/payload/);
  });

  it.each(["", "a.b", "-a", "é", "x".repeat(101)])("may not be of the type %j", async (type) => {
    const world = await World.open();
    const instance = await world.create();

    await expect(instance.sendEvent({ type })).rejects.toMatchObject({
      name: "WorkflowError",
      message: "(workflow.invalid_event_type) Event type is invalid",
    });
  });

  it("to a paused instance is kept, does not wake it, and is delivered after the resume, once", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      const first = await step.waitForEvent("first", { type: "go" });
      const second = await outcomeOf(() => step.waitForEvent("second", { type: "go", timeout: "1 minute" }));
      return [first.payload as unknown, second];
    });
    const instance = await world.create();
    await world.until(instance, "wait_started", "first-1");
    await instance.pause();
    await instance.sendEvent({ type: "go", payload: 1 });
    expect(await instance.status()).toMatchObject({ status: "paused" });
    await instance.resume();
    await world.end(instance);

    expect(await instance.result()).toEqual([1, "WorkflowTimeoutError: Execution timed out after 60000ms"]);
  });

  it("is not delivered again after a pause", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await step.waitForEvent("first", { type: "go" });
      return outcomeOf(() => step.waitForEvent("second", { type: "go", timeout: "1 minute" }));
    });
    const instance = await world.create();
    await instance.sendEvent({ type: "go" });
    await world.until(instance, "wait_started", "second-1");
    await instance.pause();
    await world.reaches(instance, "paused");
    await instance.resume();
    await world.end(instance);

    expect(await instance.result()).toBe("WorkflowTimeoutError: Execution timed out after 60000ms");
  });

  it("for a finished instance is refused", async () => {
    const world = await World.open();
    await world.serve(async () => {});
    const instance = await world.create();
    await world.end(instance);

    await expect(instance.sendEvent({ type: "go" })).rejects.toMatchObject({
      name: "WorkflowError",
      message: "(instance.cannot_send_event) Cannot send an event to an instance on a finite state",
    });
  });

  it("answers with nothing", async () => {
    const world = await World.open();
    const instance = await world.create();

    expect(await instance.sendEvent({ type: "go" })).toBeUndefined();
  });

  it("wakes a waiting instance without any time passing", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => (await step.waitForEvent("w", { type: "go" })).payload as unknown);
    const instance = await world.create();
    await world.reaches(instance, "waiting");
    const before = world.now;
    await instance.sendEvent({ type: "go", payload: "hello" });
    await instance.waitForEnd();

    expect(world.now).toBe(before);
    expect(await instance.result()).toBe("hello");
  });
});

describe("the result of a wait", () => {
  it("is given afresh on each replay: changing it changes nothing", async () => {
    const world = await World.open();
    const instance = await world.create();
    await instance.sendEvent({ type: "go", payload: { n: 1 } });
    const seen: number[] = [];
    await world.serve(async (_event, step) => {
      const event = (await loosely(step).waitForEvent("w", { type: "go" })) as { payload: { n: number } };
      seen.push(event.payload.n);
      event.payload.n += 1;
      await step.sleep("nap", "5 seconds");
      return event.payload.n;
    });
    await world.end(instance);

    expect(await instance.result()).toBe(2);
    expect(new Set(seen)).toEqual(new Set([1]));
  });
});
