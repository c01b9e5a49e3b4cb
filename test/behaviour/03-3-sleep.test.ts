import { describe, expect, it } from "vitest";
import { loosely, outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const PAST = "Error: You can't sleep until a time in the past, time-traveler";

describe("a duration", () => {
  it.each([
    [1_500, 1_500],
    ["1500", 1_500],
    ["1 second", SECOND_MS],
    ["30 seconds", 30 * SECOND_MS],
    ["1 minute", 60 * SECOND_MS],
    ["2 hours", 7_200 * SECOND_MS],
    ["1 day", DAY_MS],
    ["2 weeks", 14 * DAY_MS],
    ["1 month", 30 * DAY_MS],
    ["0.5 years", 0.5 * 365.25 * DAY_MS],
    ["7 ms", 7],
    ["1.5 hours", 5_400 * SECOND_MS],
    ["2   days", 2 * DAY_MS],
  ])("%j lasts %i ms, to the millisecond", async (duration, ms) => {
    const world = await World.open();
    const begun = world.now;
    await world.serve(async (_event, step) => loosely(step).sleep("nap", duration));
    const instance = await world.create();
    await world.end(instance);

    expect(await world.events(instance)).toMatchObject([
      ...["workflow_queued", "workflow_started", "workflow_running"].map((type) => ({ type })),
      { type: "sleep_started", stepName: "nap-1", durationMs: ms, timestamp: begun },
      { type: "workflow_waiting" },
      { type: "sleep_completed", stepName: "nap-1", timestamp: begun + ms },
      { type: "workflow_running" },
      { type: "workflow_completed" },
    ]);
  });

  it.each(["soon", "1s", "", "1 Second of 2", "five minutes", {}, null])("is not %j", async (duration) => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => outcomeOf(() => loosely(step).sleep("nap", duration)));

    expect(output).toMatch(/^WorkflowFatalError: The duration of sleep "nap" is invalid/);
  });
});

describe("step.sleep", () => {
  it("returns undefined", async () => {
    const world = await World.open();

    expect(await world.result(async (_event, step) => [await step.sleep("nap", "5 seconds")])).toEqual([undefined]);
  });

  it.each([0, -5, "-1 hour"])("of %j returns at once", async (duration) => {
    const world = await World.open();
    const begun = world.now;
    await world.serve(async (_event, step) => loosely(step).sleep("nap", duration));
    const instance = await world.create();
    await instance.waitForEnd();

    expect(await instance.status()).toMatchObject({ status: "complete" });
    expect(world.now).toBe(begun);
  });

  it("may last 365 days and no longer", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      await step.sleep("a year", "365 days");
      return outcomeOf(() => step.sleep("more", 365 * DAY_MS + 1));
    });

    expect(output).toBe('WorkflowFatalError: sleep "more" is longer than 365 days');
  });

  it("without a duration is a TypeError", async () => {
    const world = await World.open();

    expect(await world.result(async (_event, step) => outcomeOf(() => loosely(step).sleep("nap")))).toMatch(
      /^TypeError/,
    );
  });

  it("never ends before its time, and ends then", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => step.sleep("nap", 10_000));
    const instance = await world.create();
    await world.until(instance, "workflow_waiting");
    world.pass(9_999);
    expect(await instance.status()).toMatchObject({ status: "waiting" });
    world.pass(1);

    expect(await instance.waitForEnd()).toMatchObject({ status: "complete" });
  });

  it("does not count as a step", async () => {
    const world = await World.open({ stepLimit: 1 });
    const output = await world.result(async (_event, step) => {
      for (const name of ["a", "b", "c"]) await step.sleep(name, 1);
      return step.do("only", async () => "one");
    });

    expect(output).toBe("one");
  });

  it("in parallel with others takes as long as the longest", async () => {
    const world = await World.open();
    const begun = world.now;
    await world.run(async (_event, step) =>
      Promise.all([step.sleep("a", "1 hour"), step.sleep("a", "3 hours"), step.sleep("b", "2 hours")]),
    );

    expect(world.now - begun).toBe(3 * 3_600_000);
  });
});

describe("step.sleepUntil", () => {
  it.each([
    ["a Date", (ms: number) => new Date(ms)],
    ["ms since 1970", (ms: number) => ms],
  ])("sleeps until %s", async (_what, timestamp) => {
    const world = await World.open();
    const until = world.now + 3 * DAY_MS;
    await world.serve(async (_event, step) => step.sleepUntil("nap", timestamp(until)));
    const instance = await world.create();
    await world.end(instance);
    const ended = (await world.events(instance)).find(({ type }) => type === "sleep_completed");

    expect(ended?.timestamp).toBe(until);
  });

  it("throws for a time in the past", async () => {
    const world = await World.open();
    const output = await world.result(async (event, step) =>
      outcomeOf(() => step.sleepUntil("nap", event.timestamp.getTime() - SECOND_MS)),
    );

    expect(output).toBe(PAST);
  });

  it("for a time in the past, uncaught, errors the instance", async () => {
    const world = await World.open();

    expect(await world.run(async (_event, step) => step.sleepUntil("nap", 0))).toMatchObject({
      status: "errored",
      error: { name: "Error", message: PAST.slice("Error: ".length) },
    });
  });

  it("that has ended answers from the journal when run is replayed after its time", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) => {
      // In the past of any replay that follows.
      const until = await step.do("choose", async () => Date.now() + 50);
      await step.sleepUntil("nap", until);
      await step.sleep("another", "1 hour");
      await step.do("wait for the clock", async () => {
        while (Date.now() <= until) await new Promise((resolve) => setTimeout(resolve, 5));
      });
      await step.sleep("a third", "1 hour");
      return "woken";
    });

    expect(output).toBe("woken");
  });

  it.each(["tomorrow", new Date(NaN), NaN, undefined])("refuses %j", async (timestamp) => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      outcomeOf(() => loosely(step).sleepUntil("nap", timestamp)),
    );

    expect(output).toMatch(/^WorkflowFatalError: The timestamp of sleepUntil "nap" is invalid/);
  });

  it("does not go further than 365 days", async () => {
    const world = await World.open();
    const output = await world.result(async (_event, step) =>
      outcomeOf(() => step.sleepUntil("nap", Date.now() + 366 * DAY_MS)),
    );

    expect(output).toBe('WorkflowFatalError: sleepUntil "nap" is longer than 365 days');
  });
});
