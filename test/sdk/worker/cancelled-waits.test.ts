import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

const HOUR_MS = 3_600_000;

describe("a wait for several types of event", () => {
  it("ends with the first event of any of them, which says its type, and leaves the others alone", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const first = await step.waitForEvent("answer", { type: ["approved", "rejected"] });
      const second = await step.waitForEvent("next", { event: ["approved", "rejected"] });
      return [first, second].map(({ type, payload }) => [type, payload as unknown]);
    });
    await world.create();
    await world.until("parked");
    await world.engine.sendEvent("i", "other", 0);
    await world.engine.sendEvent("i", "rejected", 1);
    await world.engine.sendEvent("i", "approved", 2);

    expect(await world.end()).toEqual({
      status: "complete",
      output: [
        ["rejected", 1],
        ["approved", 2],
      ],
    });
  });

  it("takes the oldest event of any of them that was sent before it", async () => {
    const world = new World();
    await world.create();
    for (const type of ["c", "b", "a"]) await world.engine.sendEvent("i", type, null);
    await world.serve(async (_event, step) => (await step.waitForEvent("any", { type: ["a", "b"] })).type);

    expect(await world.end()).toEqual({ status: "complete", output: "b" });
  });
});

describe("a wait whose signal fires", () => {
  it("rejects with the signal's reason, and the event goes to the next wait", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const done = new AbortController();
      const lost = step.waitForEvent("lost", { type: "go", signal: done.signal });
      await Promise.race([lost, step.sleep("first", 0)]);
      done.abort(new Error("too late"));
      const why = await lost.catch((error: unknown) => (error as Error).message);
      return [why, (await step.waitForEvent("next", { type: "go" })).payload as unknown];
    });
    await world.create();
    await world.until("parked");
    await world.engine.sendEvent("i", "go", "now");

    expect(await world.end()).toEqual({ status: "complete", output: ["too late", "now"] });
    const entries = (await world.commits()).flat();
    expect(entries.filter((entry) => entry.startsWith("wait"))).toEqual([
      "waitStarted lost-1",
      "waitCancelled lost-1",
      "waitStarted next-1",
      "waitCompleted next-1",
    ]);
  });

  it("while its event is on its way to run gives the event back", async () => {
    const world = new World();
    await world.create();
    await world.engine.sendEvent("i", "go", "kept");
    await world.serve(async (_event, step) => {
      const done = new AbortController();
      const sleeping = step.sleep("first", 0);
      const lost = step.waitForEvent("lost", { type: "go", signal: done.signal });
      await sleeping;
      done.abort();
      const why = await lost.catch((error: unknown) => (error as Error).name);
      return [why, (await step.waitForEvent("next", { type: "go" })).payload as unknown];
    });

    expect(await world.end()).toEqual({ status: "complete", output: ["AbortError", "kept"] });
    expect((await world.commits()).flat()).toContain("waitCompleted lost-1");
  });

  it("before the call rejects at once: nothing is journaled, and the name is not used up", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const signal = AbortSignal.abort(new Error("never mind"));
      const why = await step.waitForEvent("go", { type: "go", signal }).catch((error: unknown) => String(error));
      await step.waitForEvent("go", { type: "go" });
      return why;
    });
    await world.create();
    await world.until("waitStarted go-1");
    await world.engine.sendEvent("i", "go", null);

    expect(await world.end()).toEqual({ status: "complete", output: "Error: never mind" });
    expect((await world.commits()).flat()).not.toContain("waitCancelled go-1");
  });

  it("after run has seen its event changes nothing, and the signal is let go of", async () => {
    const world = new World();
    const done = new AbortController();
    const listening: number[] = [];
    await world.create();
    await world.engine.sendEvent("i", "go", "come");
    await world.serve(async (_event, step) => {
      const wait = step.waitForEvent("go", { type: "go", signal: done.signal });
      listening.push(getEventListeners(done.signal, "abort").length);
      const { payload } = await wait;
      await step.sleep("a moment", 0);
      listening.push(getEventListeners(done.signal, "abort").length);
      done.abort();
      return payload as unknown;
    });

    expect(await world.end()).toEqual({ status: "complete", output: "come" });
    expect(listening).toEqual([1, 0]);
    expect((await world.commits()).flat()).not.toContain("waitCancelled go-1");
  });

  it("is cancelled again in a replay, with the same reason", async () => {
    const world = new World();
    const seen: string[] = [];
    await world.serve(
      async (_event, step) => {
        const done = new AbortController();
        const lost = step.waitForEvent("lost", { type: "go", signal: done.signal });
        lost.catch((error: unknown) => seen.push((error as Error).message));
        await step.do("work", async () => {});
        done.abort(new Error("given up"));
        await step.sleep("rest", "1 hour");
      },
      { cacheSize: 0 },
    );
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(HOUR_MS);

    expect(await world.end()).toMatchObject({ status: "complete" });
    expect(seen).toEqual(["given up", "given up"]);
    expect((await world.commits()).flat().filter((entry) => entry === "waitCancelled lost-1")).toHaveLength(1);
  });

  it("by something that a replay does not do again rejects at the same place of the journal", async () => {
    const world = new World();
    const done = new AbortController();
    const seen: string[] = [];
    let signal = done.signal;
    await world.serve(
      async (_event, step) => {
        const lost = step.waitForEvent("lost", { type: "go", signal });
        lost.catch((error: unknown) => seen.push((error as Error).name));
        await step.do("work", async () => done.abort(new TypeError("from a callback")));
        signal = new AbortController().signal;
        await step.sleep("rest", "1 hour");
      },
      { cacheSize: 0 },
    );
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(HOUR_MS);

    expect(await world.end()).toMatchObject({ status: "complete" });
    expect(seen).toEqual(["TypeError", "AbortError"]);
  });
});
