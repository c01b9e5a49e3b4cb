import { describe, expect, it } from "vitest";
import type { WorkflowInstanceSubscribeOptions } from "../../sdk/typescript/src/client.ts";
import { Gate } from "./support/gate.ts";
import { outcomeOf } from "./support/loosely.ts";
import { EXACT, World } from "./support/world.ts";

const BEGUN = ["workflow_queued", "workflow_started", "workflow_running"];
const step = (name: string): readonly string[] =>
  ["step_started", "attempt_started", "attempt_completed", "step_completed"].map((type) => `${type} ${name}`);
const DONE = { done: true, value: undefined };

describe("the events of an instance", () => {
  // Where workers are killed, lost attempts are told too.
  it.runIf(EXACT)("come in the model's order for steps", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await step.do("a", async () => 1);
      await step.do("b", async () => 2);
    });
    const instance = await world.create();
    await world.end(instance);

    expect(await world.story(instance)).toEqual([...BEGUN, ...step("a-1"), ...step("b-1"), "workflow_completed"]);
  });

  it("have the instance's id, an ascending number from 1, a time and a type", async () => {
    const world = await World.open();
    const createdAt = world.now;
    await world.serve(async () => {});
    const instance = await world.create({ id: "i" });
    await world.end(instance);

    expect(await world.events(instance)).toEqual([
      { instanceId: "i", eventId: 1, timestamp: createdAt, type: "workflow_queued" },
      { instanceId: "i", eventId: 2, timestamp: createdAt, type: "workflow_started", params: {} },
      { instanceId: "i", eventId: 3, timestamp: createdAt, type: "workflow_running" },
      { instanceId: "i", eventId: 4, timestamp: createdAt, type: "workflow_completed", output: undefined },
    ]);
  });

  it("of a step have its config with defaults, attempts and output, as values", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await step.do("x", { timeout: "1 minute" }, async () => new Map([[1, new Date(0)]]));
    });
    const instance = await world.create();
    await world.end(instance);
    const events = (await world.events(instance)).filter((event) => "stepName" in event);

    expect(events).toMatchObject([
      {
        type: "step_started",
        stepName: "x-1",
        config: { retries: { limit: 5, delay: 10_000, backoff: "exponential" }, timeout: 60_000 },
      },
      { type: "attempt_started", stepName: "x-1", attempt: 1 },
      { type: "attempt_completed", stepName: "x-1", attempt: 1 },
      { type: "step_completed", stepName: "x-1", output: new Map([[1, new Date(0)]]) },
    ]);
  });

  it("of a step that fails for good end with its last attempt's error and step_errored", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) =>
      step.do("x", { retries: { limit: 1, delay: 5 } }, async ({ attempt }) => {
        throw new RangeError(`attempt ${attempt}`);
      }),
    );
    const instance = await world.create();
    await world.end(instance);
    const events = (await world.events(instance)).slice(BEGUN.length);

    expect(events).toMatchObject([
      { type: "step_started" },
      { type: "attempt_started", attempt: 1 },
      { type: "attempt_errored", attempt: 1, error: { name: "RangeError", message: "attempt 1" }, retryDelayMs: 5 },
      { type: "workflow_waiting" },
      { type: "workflow_running" },
      { type: "attempt_started", attempt: 2 },
      { type: "attempt_errored", attempt: 2, error: { name: "RangeError", message: "attempt 2" } },
      { type: "step_errored", stepName: "x-1" },
      { type: "workflow_errored", error: { name: "RangeError", message: "attempt 2" } },
    ]);
    expect(events[6]).not.toHaveProperty("retryDelayMs");
  });

  it("of sleeps and waits say how long and for what", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await step.sleep("nap", 7_000);
      await step.waitForEvent("w", { type: "go" });
      await outcomeOf(() => step.waitForEvent("w", { type: "go", timeout: 9_000 }));
    });
    const instance = await world.create();
    await instance.sendEvent({ type: "go" });
    await world.end(instance);
    const events = (await world.events(instance)).filter((event) => "stepName" in event);

    expect(events).toMatchObject([
      { type: "sleep_started", stepName: "nap-1", durationMs: 7_000 },
      { type: "sleep_completed", stepName: "nap-1" },
      { type: "wait_started", stepName: "w-1", eventType: "go" },
      { type: "wait_completed", stepName: "w-1" },
      { type: "wait_started", stepName: "w-2", eventType: "go" },
      { type: "wait_timed_out", stepName: "w-2" },
    ]);
  });

  it("of a terminated instance end with workflow_terminated", async () => {
    const world = await World.open();
    const instance = await world.create();
    await instance.terminate();

    expect((await world.story(instance)).at(-1)).toBe("workflow_terminated");
  });

  it.runIf(EXACT)("of a pause come around what was in flight", async () => {
    const world = await World.open();
    const gate = new Gate();
    await world.serve(async (_event, step) => {
      await step.do("x", () => gate.pass());
      await step.do("y", async () => {});
    });
    const instance = await world.create();
    await gate.reached;
    await instance.pause();
    gate.open();
    await world.reaches(instance, "paused");
    await instance.resume();
    await world.end(instance);
    const story = await world.story(instance);

    const of = (line: string): number => story.indexOf(line);
    expect(of("workflow_waiting_for_pause")).toBeLessThan(of("step_completed x-1"));
    expect(of("step_completed x-1")).toBeLessThan(of("workflow_paused"));
    expect(story.slice(of("workflow_paused"))).toEqual([
      "workflow_paused",
      "workflow_running",
      ...step("y-1"),
      "workflow_completed",
    ]);
  });
});

describe("a subscription", () => {
  it("gives what there is in order, then what comes, and is done for ever after the end", async () => {
    const world = await World.open();
    const instance = await world.create();
    using events = await instance.subscribe();
    const types: unknown[] = [];
    for (let count = 0; count < 2; count += 1) types.push((await events.next()).value?.type);
    const next = events.next();
    await world.serve(async () => {});
    types.push((await next).value?.type, (await events.next()).value?.type);

    expect(types).toEqual([...BEGUN, "workflow_completed"]);
    expect(await events.next()).toEqual(DONE);
    expect(await events.next()).toEqual(DONE);
  });

  it("of a finished instance replays and ends", async () => {
    const world = await World.open();
    await world.serve(async () => {});
    const instance = await world.create();
    await world.end(instance);

    expect(await world.story(instance)).toEqual([...BEGUN, "workflow_completed"]);
    expect(await world.story(instance)).toEqual([...BEGUN, "workflow_completed"]);
  });

  it.each<[WorkflowInstanceSubscribeOptions, readonly number[]]>([
    [{ cursor: 0 }, [1, 2, 3, 4]],
    [{ cursor: 2 }, [3, 4]],
    [{ cursor: 99 }, []],
    [{ filter: ["workflow_started", "workflow_completed"] }, [2, 4]],
    [{ filter: [] }, []],
    [{ filter: ["workflow_queued"] }, [1]],
    [{ cursor: 2, filter: ["workflow_queued", "workflow_running"] }, [3]],
  ])("with %j gives the events %j, and ends though the end may be hidden", async (options, ids) => {
    const world = await World.open();
    await world.serve(async () => {});
    const instance = await world.create();
    await world.end(instance);

    expect((await world.events(instance, options)).map(({ eventId }) => eventId)).toEqual(ids);
  });

  it.each<unknown>([
    { cursor: -1 },
    { cursor: 1.5 },
    { cursor: "1" },
    { filter: "workflow_queued" },
    { filter: ["workflow_ended"] },
    { filter: [1] },
    { cursors: 1 },
    null,
    [],
    7,
  ])("refuses %j", async (options) => {
    const world = await World.open();
    const instance = await world.create();

    expect(await outcomeOf(() => instance.subscribe(options as WorkflowInstanceSubscribeOptions))).toBe(
      "Error: Invalid Workflow subscription options",
    );
  });

  it("serves calls of next that are made together one by one", async () => {
    const world = await World.open();
    await world.serve(async () => {});
    const instance = await world.create();
    await world.end(instance);
    using events = await instance.subscribe();
    const results = await Promise.all(Array.from({ length: 6 }, () => events.next()));

    expect(results.map(({ value }) => value?.eventId)).toEqual([1, 2, 3, 4, undefined, undefined]);
  });

  it("is over when it is disposed of, for who waits too", async () => {
    const world = await World.open();
    const instance = await world.create();
    const events = await instance.subscribe({ filter: ["workflow_completed"] });
    const next = events.next();
    events[Symbol.dispose]();

    expect(await next).toEqual(DONE);
    expect(await events.next()).toEqual(DONE);
  });
});
