import type { Interceptor } from "@connectrpc/connect";
import { LeaseState } from "perdure/proto/perdure/v1/task_pb";
import type { CommitTasksResponse, PollTasksResponse } from "perdure/proto/perdure/v1/worker_service_pb";
import { describe, expect, it } from "vitest";
import { WorkflowEntrypoint, type WorkflowEvent } from "../../../sdk/typescript/src/workflow.ts";
import type { WorkflowStep, WorkflowStepContext } from "../../../sdk/typescript/src/workflow-step.ts";
import { World } from "./support/world.ts";

/** Keeps the answer to a commit that parks back until the task of the wake has been handed over. */
function wakesBeforeParked(): Interceptor {
  const woken = Promise.withResolvers<void>();
  return (next) => async (request) => {
    const response = await next(request);
    if (response.stream) return response;
    if (request.method.name === "PollTasks") {
      const { tasks } = response.message as PollTasksResponse;
      if (tasks.some(({ afterPosition }) => afterPosition > 0)) setImmediate(woken.resolve);
    }
    if (request.method.name === "CommitTasks") {
      const { results } = response.message as CommitTasksResponse;
      const released = results.some(
        ({ outcome }) => outcome.case === "accepted" && outcome.value.leaseState === LeaseState.RELEASED,
      );
      if (released) await woken.promise;
    }
    return response;
  };
}

describe("a worker that is lost", () => {
  it("is replaced: finished steps answer from the journal, and the attempt in flight counts", async () => {
    const world = new World();
    const calls: string[] = [];
    const reached = Promise.withResolvers<void>();
    const script = (who: string, gate: Promise<unknown>) => async (_event: WorkflowEvent, step: WorkflowStep) => {
      const a = await step.do("a", async ({ attempt }) => calls.push(`${who} a#${attempt}`));
      await step.do("b", async ({ attempt }) => {
        calls.push(`${who} b#${attempt}`);
        reached.resolve();
        await gate;
      });
      return a;
    };
    const first = await world.serve(script("first", new Promise(() => {})));
    await world.create();
    await reached.promise;
    first.cut();
    world.expireLeases();
    await world.serve(script("second", Promise.resolve()));

    expect(await world.end()).toEqual({ status: "complete", output: 1 });
    expect(calls).toEqual(["first a#1", "first b#1", "second b#2"]);
  });

  it("before its first report uses up an attempt of each step in flight, each time", async () => {
    const world = new World();
    const attempts: number[] = [];
    const started: (() => void)[] = [];
    const script = async (_event: WorkflowEvent, step: WorkflowStep): Promise<unknown> =>
      step.do("a", { retries: { limit: 0, delay: 1 } }, async ({ attempt }) => {
        attempts.push(attempt);
        started[attempts.length - 1]?.();
        return attempts.length < 3 ? new Promise(() => {}) : attempt;
      });
    await world.create();
    for (let i = 0; i < 2; i += 1) {
      const reached = new Promise<void>((resolve) => (started[i] = resolve));
      const worker = await world.serve(script);
      await reached;
      worker.cut();
      world.expireLeases();
    }
    await world.serve(script);

    expect(await world.end()).toEqual({ status: "complete", output: 3 });
    expect(attempts).toEqual([1, 2, 3]);
    expect((await world.commits()).at(-1)).toEqual(["stepStarted a-1#3", "stepCompleted a-1#3", "instanceCompleted"]);
  });

  it("learns that its lease has passed on: its signal fires, and its run never goes on", async () => {
    const world = new World();
    const reached = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<unknown>();
    const release = Promise.withResolvers<string>();
    let wentOn = false;
    await world.serve(async (_event, step) => {
      await step.do("first", async () => 1);
      await step.do("stuck", async ({ signal }) => {
        signal.addEventListener("abort", () => lost.resolve(signal.reason));
        reached.resolve();
        return release.promise;
      });
      wentOn = true;
    });
    await world.create();
    await reached.promise;
    await world.engine.command("i", "terminate");

    expect(await lost.promise).toMatchObject({ name: "WorkflowInternalError" });
    release.resolve("late");
    expect(await world.run(undefined, "another")).toMatchObject({ status: "complete" });
    expect(wentOn).toBe(true);
    expect((await world.commits()).flat()).not.toContain("stepCompleted stuck-1");
  });

  it("whose session ran out begins a new one and goes on with what comes", async () => {
    const world = new World({ leaseMs: 6_000 });
    const reached = Promise.withResolvers<void>();
    let calls = 0;
    await world.serve(async (_event, step) => {
      await step.do("first", async () => 1);
      await step.do("second", async () => {
        calls += 1;
        reached.resolve();
        if (calls === 1) await new Promise(() => {});
      });
      return calls;
    });
    await world.create();
    await reached.promise;
    world.expireLeases();

    expect(await world.end()).toEqual({ status: "complete", output: 2 });
  });
});

describe("a suspended run", () => {
  it("is woken where it stood, without another pass", async () => {
    const world = new World();
    let passes = 0;
    await world.serve(async (_event, step) => {
      passes += 1;
      await step.sleep("nap", "1 hour");
      const { payload } = await step.waitForEvent("go", { type: "go" });
      return payload as unknown;
    });
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(3_600_000);
    await world.until("waitStarted go-1");
    await world.engine.sendEvent("i", "go", "went");

    expect(await world.end()).toEqual({ status: "complete", output: "went" });
    expect(passes).toBe(1);
  });

  it("is woken though the wake is here before the answer to the commit that parked it", async () => {
    const world = new World();
    let passes = 0;
    await world.serve(
      async (_event, step) => {
        passes += 1;
        await step.sleep("nap", 1);
        return passes;
      },
      { interceptors: [wakesBeforeParked()] },
    );

    expect(await world.run()).toEqual({ status: "complete", output: 1 });
  });

  it("that was dropped to make room is replayed from the first record", async () => {
    const world = new World();
    let passes = 0;
    let calls = 0;
    await world.serve(
      async (_event, step) => {
        passes += 1;
        const a = await step.do("a", async () => (calls += 1));
        await step.sleep("nap", "1 hour");
        return a;
      },
      { cacheSize: 0 },
    );
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(3_600_000);

    expect(await world.end()).toEqual({ status: "complete", output: 1 });
    expect([passes, calls]).toEqual([2, 1]);
  });

  it("of an earlier life is not taken for that of a restarted instance", async () => {
    const world = new World();
    let passes = 0;
    await world.serve(async (_event, step) => {
      passes += 1;
      const pass = passes;
      await step.waitForEvent("go", { type: "go" });
      return pass;
    });
    await world.create();
    await world.until("parked");
    await world.engine.command("i", "restart");
    await world.until("parked");
    await world.engine.sendEvent("i", "go", null);

    expect(await world.end()).toEqual({ status: "complete", output: 2 });
  });
});

describe("the context of an attempt", () => {
  it("has an idempotency key that is the same over attempts, and no other step's or run's", async () => {
    const world = new World();
    const keys: string[] = [];
    await world.serve(async (_event, step) => {
      const note = async ({ attempt, idempotencyKey }: WorkflowStepContext) => {
        keys.push(idempotencyKey);
        if (attempt === 1) throw new Error("again");
      };
      await step.do("a", { retries: { limit: 1, delay: 1 } }, note);
      await step.do("a", { retries: { limit: 1, delay: 1 } }, note);
    });
    await world.run();
    await world.engine.command("i", "restart");
    await world.end();

    expect(keys).toHaveLength(8);
    expect(keys.filter((_, i) => i % 2 === 0)).toEqual(keys.filter((_, i) => i % 2 === 1));
    expect(new Set(keys).size).toBe(4);
    expect(keys.every((key) => /^[\w-]{43}$/.test(key))).toBe(true);
  });

  it("has the config with defaults, a new object each time", async () => {
    const world = new World();
    await world.serve(async (_event, step) =>
      step.do("a", { timeout: "1 minute" }, async ({ step: { name, count }, config, attempt }) => {
        return { name, count, config, attempt };
      }),
    );

    expect(await world.run()).toEqual({
      status: "complete",
      output: {
        name: "a",
        count: 1,
        attempt: 1,
        config: { retries: { limit: 5, delay: 10_000, backoff: "exponential" }, timeout: "1 minute" },
      },
    });
  });
});

describe("the event of a run", () => {
  it("has its own keys only, params as a synonym, and is new in each pass", async () => {
    const world = new World();
    await world.serve(
      async (event, step) => {
        const seen = [Object.keys(event).toSorted(), event.params === event.payload, event.payload.n as unknown];
        event.payload.n = 2;
        await step.sleep("nap", 1);
        return [...seen, event.instanceId, event.workflowName, event.timestamp instanceof Date];
      },
      { cacheSize: 0 },
    );

    expect(await world.run({ n: 1 })).toEqual({
      status: "complete",
      output: [["instanceId", "payload", "timestamp", "workflowName"], true, 1, "i", "w", true],
    });
  });
});

describe("a workflow class that cannot run", () => {
  it("errors its instances when run is no method", async () => {
    class Arrow extends WorkflowEntrypoint {
      override run = async (): Promise<unknown> => 1;
    }
    const world = new World();
    await world.serve(Arrow);

    expect(await world.run()).toEqual({
      status: "errored",
      error: { name: "TypeError", message: 'The RPC receiver does not implement the method "run".' },
    });
  });

  it("errors its instances when its constructor throws", async () => {
    class Broken extends WorkflowEntrypoint {
      constructor(...args: ConstructorParameters<typeof WorkflowEntrypoint>) {
        super(...args);
        throw new RangeError("no");
      }
      override async run(): Promise<unknown> {
        return 1;
      }
    }
    const world = new World();
    await world.serve(Broken);

    expect(await world.run()).toEqual({ status: "errored", error: { name: "RangeError", message: "no" } });
  });
});
