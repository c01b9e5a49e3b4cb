import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

let answers = 0;

/** The engine takes each report, but its answer gets lost every second time. */
const losesEverySecondAnswer: Interceptor = (next) => async (request) => {
  const response = await next(request);
  if (request.method.name === "CommitTasks" && answers++ % 2 === 0) throw new ConnectError("gone", Code.Unavailable);
  return response;
};

describe("the key of a step", () => {
  it("counts the uses of its name by the order of the calls, apart for steps, sleeps and waits", async () => {
    const world = new World();
    await world.create();
    await world.engine.sendEvent("i", "x", 1);
    await world.serve(async (_event, step) => {
      const count = (name: string): Promise<string> =>
        step.do(name, async ({ step: key }) => `${key.name}-${key.count}`);
      const together = await Promise.all([count("x"), count("y"), count("x")]);
      await step.sleep("x", 0);
      await step.waitForEvent("x", { type: "x" });
      return [...together, await count("x"), await count("x-1")];
    });

    expect(await world.end()).toEqual({ status: "complete", output: ["x-1", "y-1", "x-2", "x-3", "x-1-1"] });
    const entries = (await world.commits()).flat();
    expect(entries).toContain("sleepStarted x-1");
    expect(entries).toContain("waitStarted x-1");
  });

  it("is not used up by a call with bad arguments, which run can catch", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const refused = await step.do("a", { timeout: -1 }, async () => 1).catch((error: unknown) => error as Error);
      const { name, message } = refused as Error;
      return [name, message.slice(0, 46), await step.do("a", async ({ step: { count } }) => count)];
    });

    expect(await world.run()).toEqual({
      status: "complete",
      output: ["WorkflowFatalError", 'Step config for "a" is in a invalid format. Se', 1],
    });
  });

  it("that no code asks for any more is ignored, whatever its step was doing", async () => {
    const world = new World();
    const reached = Promise.withResolvers<void>();
    const old = await world.serve(async (_event, step) => {
      await step.do("done", async () => 1);
      await Promise.all([
        step.sleep("nap", 5),
        step.do("in flight", async () => {
          reached.resolve();
          await new Promise(() => {});
        }),
      ]);
    });
    await world.create();
    await reached.promise;
    old.cut();
    world.expireLeases();
    await world.serve(async (_event, step) => {
      await step.sleep("another nap", 5);
      return step.do("renamed", async () => "new code");
    });

    expect(await world.end()).toEqual({ status: "complete", output: "new code" });
  });
});

describe("a run", () => {
  it("of a step too many is told so, and can end in order", async () => {
    const world = new World({ stepLimit: 2 });
    await world.serve(async (_event, step) => {
      await step.sleep("does not count", 0);
      await step.do("a", async () => 1);
      await step.do("b", async () => 2);
      return step.do("c", async () => 3).catch((error: unknown) => (error as Error).message);
    });

    expect(await world.run()).toEqual({
      status: "complete",
      output: "The limit of 2 steps has been reached. This limit can be changed in your worker configuration.",
    });
  });

  it("may have steps within steps, journaled on their own", async () => {
    const world = new World();
    await world.serve(async (_event, step) =>
      step.do("outer", async () => {
        const inner = await step.do("inner", async () => "in");
        return `${inner} and out`;
      }),
    );

    expect(await world.run()).toEqual({ status: "complete", output: "in and out" });
    expect(await world.commits()).toEqual([
      [
        "stepStarted outer-1",
        "stepStarted inner-1",
        "stepCompleted inner-1",
        "stepCompleted outer-1",
        "instanceCompleted",
      ],
    ]);
  });

  it("does not lose its place when a step's config has changed: the first one journaled holds", async () => {
    const world = new World();
    const first = await world.serve(async (_event, step) =>
      step.do("a", { retries: { limit: 1, delay: "1 hour" }, timeout: "1 hour" }, async () => {
        throw new Error("old code");
      }),
    );
    await world.create();
    await world.until("parked");
    first.cut();
    world.expireLeases();
    await world.serve(async (_event, step) =>
      step.do("a", { retries: { limit: 5, delay: 1 }, timeout: "1 minute" }, async ({ attempt, config }) => {
        throw new Error(`new code, attempt ${attempt}, ${JSON.stringify(config)}`);
      }),
    );

    expect(await world.end()).toEqual({
      status: "errored",
      error: {
        name: "Error",
        message:
          'new code, attempt 2, {"retries":{"limit":1,"delay":3600000,"backoff":"exponential"},"timeout":3600000}',
      },
    });
  });

  it("with a journal larger than a task can bring is replayed from its pages", async () => {
    const world = new World();
    let calls = 0;
    await world.serve(
      async (_event, step) => {
        let bytes = 0;
        for (let i = 0; i < 6; i += 1) {
          const part = await step.do("part", async () => {
            calls += 1;
            return new Uint8Array(1_000_000);
          });
          bytes += part.length;
        }
        await step.sleep("nap", 1);
        return bytes;
      },
      { cacheSize: 0 },
    );

    expect(await world.run()).toEqual({ status: "complete", output: 6_000_000 });
    expect(calls).toBe(6);
  });

  it("that is restarted while a step is in flight begins anew, and the old one is cut off", async () => {
    const world = new World();
    const reached = Promise.withResolvers<AbortSignal>();
    let passes = 0;
    await world.serve(async (_event, step) => {
      passes += 1;
      const pass = passes;
      await step.do("a", async ({ signal }) => {
        if (pass > 1) return;
        reached.resolve(signal);
        await new Promise(() => {});
      });
      return pass;
    });
    await world.create();
    const signal = await reached.promise;
    await world.engine.command("i", "restart");

    expect(await world.end()).toEqual({ status: "complete", output: 2 });
    expect(signal.aborted).toBe(true);
  });

  it("is reported once though answers are lost all the time", async () => {
    const world = new World();
    let calls = 0;
    await world.serve(
      async (_event, step) => {
        for (let i = 0; i < 5; i += 1) await step.do("a", async () => (calls += 1));
        return calls;
      },
      { interceptors: [losesEverySecondAnswer] },
    );

    expect(await world.run()).toEqual({ status: "complete", output: 5 });
    expect((await world.commits()).length).toBe(5);
  });
});
