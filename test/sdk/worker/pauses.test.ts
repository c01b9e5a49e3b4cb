import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

/** Something that a test lets happen when it wants, and sees begin. */
function gate(): { readonly reached: Promise<void>; pass(): Promise<void>; open(): void } {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    pass: () => {
      reached.resolve();
      return opened.promise;
    },
    open: () => opened.resolve(),
  };
}

describe("a pause", () => {
  it("lets the step in flight end, starts no other, and the run goes on after it", async () => {
    const world = new World();
    const first = gate();
    const calls: string[] = [];
    await world.serve(async (_event, step) => {
      await step.do("first", async () => {
        calls.push("first");
        await first.pass();
      });
      await step.do("second", async () => calls.push("second"));
    });
    await world.create();
    await first.reached;
    await world.engine.command("i", "pause");
    first.open();
    await world.until("paused");

    expect(await world.status()).toBe("paused");
    expect(calls).toEqual(["first"]);
    await world.engine.command("i", "resume");
    expect(await world.end()).toMatchObject({ status: "complete" });
    expect(calls).toEqual(["first", "second"]);
  });

  it("that is taken back before it takes effect lets the put-off steps start", async () => {
    const world = new World();
    const long = gate();
    const short = gate();
    const next = gate();
    await world.serve(async (_event, step) => {
      const branch = async (): Promise<void> => {
        await step.do("short", () => short.pass());
        await step.do("next", () => next.pass());
      };
      await Promise.all([step.do("long", () => long.pass()), branch()]);
    });
    await world.create();
    await Promise.all([long.reached, short.reached]);
    await world.engine.command("i", "pause");
    short.open();
    await world.until("stepCompleted short-1");
    await world.engine.command("i", "resume");
    await next.reached;
    next.open();
    long.open();

    expect(await world.end()).toMatchObject({ status: "complete" });
    const entries = (await world.commits()).flat();
    expect(entries.indexOf("stepStarted next-1")).toBeGreaterThan(entries.indexOf("resumed"));
    expect(entries).not.toContain("paused");
  });

  it("in a sleep stops its clock", async () => {
    const world = new World();
    await world.serve(async (_event, step) => step.sleep("nap", "1 hour"));
    await world.create();
    await world.until("parked");
    await world.engine.command("i", "pause");
    world.engine.clock.pass(7_200_000);
    await world.engine.command("i", "resume");
    world.engine.clock.pass(3_600_000);

    expect(await world.end()).toMatchObject({ status: "complete" });
    const [resumed, woken] = await world.times("resumed", "sleepCompleted nap-1");
    expect(woken! - resumed!).toBeGreaterThan(3_500_000);
  });

  it("keeps events, which are delivered after it", async () => {
    const world = new World();
    await world.serve(async (_event, step) => (await step.waitForEvent("go", { type: "go" })).payload as unknown);
    await world.create();
    await world.until("parked");
    await world.engine.command("i", "pause");
    await world.engine.sendEvent("i", "go", 1);
    expect(await world.status()).toBe("paused");
    await world.engine.command("i", "resume");

    expect(await world.end()).toEqual({ status: "complete", output: 1 });
  });
});
