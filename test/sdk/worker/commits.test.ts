import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

describe("what a run writes", () => {
  it("is one record a step, for ten steps one after the other", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      let sum = 0;
      for (let i = 1; i <= 10; i += 1) sum += await step.do("add", async () => i);
      return sum;
    });

    expect(await world.run()).toEqual({ status: "complete", output: 55 });
    expect(await world.commits()).toEqual([
      ["stepStarted add-1", "stepCompleted add-1", "stepStarted add-2"],
      ...[2, 3, 4, 5, 6, 7, 8, 9].map((i) => [`stepCompleted add-${i}`, `stepStarted add-${i + 1}`]),
      ["stepCompleted add-10", "instanceCompleted"],
    ]);
  });

  it("is one record for a run of one step", async () => {
    const world = new World();
    await world.serve(async (_event, step) => step.do("only", async () => "done"));

    expect(await world.run()).toEqual({ status: "complete", output: "done" });
    expect(await world.commits()).toEqual([["stepStarted only-1", "stepCompleted only-1", "instanceCompleted"]]);
  });

  it("is one record for a run without steps", async () => {
    const world = new World();
    await world.serve(async (event) => event.payload);

    expect(await world.run({ a: 1 })).toEqual({ status: "complete", output: { a: 1 } });
    expect(await world.commits()).toEqual([["instanceCompleted"]]);
  });

  it("parks in the commit that starts the sleep, and tells the sleep's end together with what follows", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      await step.do("before", async () => {});
      await step.sleep("nap", "1 hour");
      await step.do("after", async () => {});
    });
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(3_600_000);

    expect(await world.end()).toEqual({ status: "complete", output: undefined });
    expect(await world.commits()).toEqual([
      ["stepStarted before-1", "stepCompleted before-1", "sleepStarted nap-1", "parked"],
      ["sleepCompleted nap-1"],
      ["outcomeDelivered nap-1", "stepStarted after-1", "stepCompleted after-1", "instanceCompleted"],
    ]);
  });

  it("reports steps that end together in one record", async () => {
    const world = new World();
    const gate = Promise.withResolvers<void>();
    let running = 0;
    await world.serve(async (_event, step) => {
      const branch = (i: number): Promise<number> =>
        step.do(`branch ${i}`, async () => {
          running += 1;
          if (running === 100) gate.resolve();
          await gate.promise;
          return i;
        });
      const results = await Promise.all(Array.from({ length: 100 }, (_, i) => branch(i)));
      return results.length;
    });

    expect(await world.run()).toEqual({ status: "complete", output: 100 });
    const commits = await world.commits();
    expect(commits.length).toBeLessThanOrEqual(3);
    expect(commits.flat().filter((entry) => entry.startsWith("stepCompleted"))).toHaveLength(100);
  });

  it("splits more than 1,000 operations over several records, in order", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const all = Array.from({ length: 1_500 }, (_, i) => step.do(`s${i}`, async () => i));
      return (await Promise.all(all)).reduce((sum, i) => sum + i, 0);
    });

    expect(await world.run()).toEqual({ status: "complete", output: 1_124_250 });
    const commits = await world.commits();
    expect(Math.max(...commits.map((entries) => entries.length))).toBeLessThanOrEqual(1_000);
    const starts = commits.flat().filter((entry) => entry.startsWith("stepStarted"));
    expect(starts).toEqual(Array.from({ length: 1_500 }, (_, i) => `stepStarted s${i}-1`));
  });

  it("splits more than 8 MiB of results over several records", async () => {
    const world = new World();
    const gate = Promise.withResolvers<void>();
    let running = 0;
    await world.serve(async (_event, step) => {
      const big = (i: number): Promise<Uint8Array> =>
        step.do(`big ${i}`, async () => {
          running += 1;
          if (running === 20) gate.resolve();
          await gate.promise;
          return new Uint8Array(1_000_000).fill(i);
        });
      const parts = await Promise.all(Array.from({ length: 20 }, (_, i) => big(i)));
      return parts.map((part) => part[999_999]);
    });

    expect(await world.run()).toEqual({ status: "complete", output: Array.from({ length: 20 }, (_, i) => i) });
    const completed = (await world.commits()).map(
      (entries) => entries.filter((entry) => entry.startsWith("stepCompleted")).length,
    );
    expect(Math.max(...completed)).toBeLessThanOrEqual(8);
    expect(completed.reduce((sum, n) => sum + n)).toBe(20);
  });
});
