import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

/** Something that takes longer than a turn of the event loop, as a fetch does. */
const fetchSomething = (): Promise<string> => delay(20, "fetched");

describe("a run that awaits something outside of steps", () => {
  it("goes on when it comes, before, between and after steps", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const seen = [await fetchSomething()];
      seen.push(await step.do("a", async () => "a"), await fetchSomething());
      seen.push(await step.do("b", async () => "b"), await fetchSomething());
      return seen;
    });

    expect(await world.run()).toEqual({ status: "complete", output: ["fetched", "a", "fetched", "b", "fetched"] });
  });

  it("beside a sleep is not parked for the sleep's time, once the worker knows its ways", async () => {
    const world = new World();
    await world.serve(async (event, step) => {
      if (event.payload === "first") await fetchSomething();
      await step.do("work", async () => 1);
      void step.sleep("deadline", "1 hour");
      await fetchSomething();
      return step.do("after", async () => 2);
    });
    await world.run("first", "first");

    expect(await world.run("second", "second")).toEqual({ status: "complete", output: 2 });
    expect((await world.commits("second")).flat()).not.toContain("parked");
  });
});

describe("a promise that run leaves alone", () => {
  it("does not end the process when it is rejected before it is awaited", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const fails = (async () => {
        await step.do("fails", { retries: { limit: 0, delay: 1 } }, async () => {
          throw new Error("no");
        });
      })();
      await step.sleep("a while", 50);
      return fails.catch((error: unknown) => (error as Error).message);
    });

    expect(await world.run()).toEqual({ status: "complete", output: "no" });
  });

  it("to a step that is not awaited leaves no trace when run returns at once", async () => {
    const world = new World();
    let called = false;
    await world.serve(async (_event, step) => {
      void step.do("forgotten", async () => (called = true));
      return "done";
    });

    expect(await world.run()).toEqual({ status: "complete", output: "done" });
    expect(await world.commits()).toEqual([["instanceCompleted"]]);
    expect(called).toBe(false);
  });

  it("keeps running to its end when run settles first, and is not journaled any more", async () => {
    const world = new World();
    const ended = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await world.serve(async (_event, step) => {
      const slow = step.do("slow", async () => {
        await release.promise;
        ended.resolve();
      });
      await step.do("quick", async () => 1);
      void slow;
      return "done";
    });

    expect(await world.run()).toEqual({ status: "complete", output: "done" });
    release.resolve();
    await ended.promise;
    expect((await world.commits()).flat()).not.toContain("stepCompleted slow-1");
  });
});
