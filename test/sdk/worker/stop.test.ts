import { describe, expect, it } from "vitest";
import { type Script, World } from "./support/world.ts";

describe("stopping a worker", () => {
  it("lets the callback in flight end, reports it, and gives the rest to another worker at once", async () => {
    const world = new World();
    const reached = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const calls: string[] = [];
    const script =
      (who: string): Script =>
      async (_event, step) => {
        await step.do("first", async () => {
          calls.push(`${who} first`);
          reached.resolve();
          await release.promise;
        });
        await step.do("second", async ({ attempt }) => calls.push(`${who} second#${attempt}`));
      };
    const worker = await world.serve(script("old"), { graceMs: 60_000 });
    await world.create();
    await reached.promise;
    const stopped = worker.stop();
    release.resolve();
    await stopped;
    await world.serve(script("new"));

    expect(await world.end()).toMatchObject({ status: "complete" });
    expect(calls).toEqual(["old first", "new second#1"]);
  });

  it("waits no longer than its grace, and aborts what goes on", async () => {
    const world = new World();
    const reached = Promise.withResolvers<AbortSignal>();
    const worker = await world.serve(
      async (_event, step) =>
        step.do("endless", async ({ signal }) => {
          reached.resolve(signal);
          await new Promise(() => {});
        }),
      { graceMs: 1 },
    );
    await world.create();
    const signal = await reached.promise;
    await worker.stop();

    expect(signal.aborted).toBe(true);
    expect(await world.status()).toBe("queued");
  });

  it("can be asked for by a signal, and again and again", async () => {
    const world = new World();
    const stop = new AbortController();
    const worker = await world.serve(async () => 1, { signal: stop.signal });
    stop.abort();

    await expect(Promise.all([worker.stopped, worker.stop(), worker.stop()])).resolves.toBeDefined();
  });

  it("before the engine was ever reached rejects ready", async () => {
    const world = new World();
    const stop = new AbortController();
    stop.abort();

    await expect(world.serve(async () => 1, { signal: stop.signal })).rejects.toThrow("the worker was stopped");
  });
});
