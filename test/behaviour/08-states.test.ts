import { describe, expect, it } from "vitest";
import type { InstanceHandle } from "../../sdk/typescript/src/client.ts";
import { Gate } from "./support/gate.ts";
import { outcomeOf } from "./support/loosely.ts";
import { EXACT, times, World } from "./support/world.ts";

const MINUTE_MS = 60_000;
const FINISHED = ["complete", "errored", "terminated"] as const;

/** An instance that has come to its end in one of the three ways. */
async function finished(world: World, status: (typeof FINISHED)[number]): Promise<InstanceHandle> {
  await world.serve(async (event, step) => {
    if (event.payload === "errored") throw new Error("as asked");
    if (event.payload === "terminated") await step.sleep("nap", "365 days");
    return "output";
  });
  const instance = await world.create({ params: status });
  if (status === "terminated") await instance.terminate();
  await instance.waitForEnd();
  return instance;
}

/** An instance with a step in flight that a gate holds up, and another step after it. */
async function held(world: World) {
  const gate = new Gate();
  const calls: string[] = [];
  await world.serve(async (_event, step) => {
    const first = await step.do("first", async () => {
      calls.push("first");
      await gate.pass();
      return 1;
    });
    await step.do("second", async () => calls.push("second"));
    return first;
  });
  const instance = await world.create();
  await gate.reached;
  return { instance, gate, calls };
}

/** An instance that sleeps a minute. */
async function sleeping(world: World): Promise<InstanceHandle> {
  await world.serve(async (_event, step) => {
    await step.sleep("nap", MINUTE_MS);
    return "woken";
  });
  const instance = await world.create();
  await world.reaches(instance, "waiting");
  return instance;
}

describe("the status of an instance", () => {
  it("is queued until a worker has it", async () => {
    const world = await World.open();

    expect(await (await world.create()).status()).toMatchObject({ status: "queued", output: null });
  });

  it("is running while a callback is in flight", async () => {
    const world = await World.open();
    const { instance, gate } = await held(world);

    expect(await instance.status()).toMatchObject({ status: "running", output: null });
    gate.open();
  });

  it.each(["sleep", "retry", "event"])("is waiting in a %s", async (kind) => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      if (kind === "sleep") await step.sleep("nap", MINUTE_MS);
      if (kind === "event") await step.waitForEvent("w", { type: "go" });
      await step.do("x", async () => Promise.reject(new Error("again")));
    });
    const instance = await world.create();
    await world.until(instance, "workflow_waiting");

    expect(await instance.status()).toMatchObject({ status: "waiting", output: null });
  });

  it.each(FINISHED)("is %s in the end, and stays it", async (status) => {
    const world = await World.open();
    const instance = await finished(world, status);
    world.pass(3_600_000);

    expect(await instance.status()).toMatchObject({ status });
  });
});

describe("pause", () => {
  it("keeps a queued instance from starting until it is resumed", async () => {
    const world = await World.open();
    const instance = await world.create();
    await instance.pause();
    await world.serve(async () => "ran");
    const other = await world.create();
    await world.end(other);
    expect(await instance.status()).toMatchObject({ status: "paused" });
    await instance.resume();

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: "ran" });
  });

  it("waits for the callback in flight and lets no other start", async () => {
    const world = await World.open();
    const { instance, gate, calls } = await held(world);
    await instance.pause();
    expect(await instance.status()).toMatchObject({ status: "waitingForPause" });
    gate.open();
    await world.reaches(instance, "paused");

    expect(calls).not.toContain("second");
    await instance.resume();
    expect(await world.end(instance)).toMatchObject({ status: "complete", output: 1 });
    expect([...new Set(calls)]).toEqual(["first", "second"]);
    expect(calls.filter((name) => name === "first").length).toEqual(times(1));
  });

  it("comes after the last of several callbacks in flight", async () => {
    const world = await World.open();
    const [a, b] = [new Gate(), new Gate()];
    await world.serve(async (_event, step) => {
      await Promise.all([step.do("a", () => a.pass()), step.do("b", () => b.pass())]);
      await step.do("c", async () => {});
    });
    const instance = await world.create();
    await Promise.all([a.reached, b.reached]);
    await instance.pause();
    a.open();
    b.open();
    await world.reaches(instance, "paused");
    await instance.resume();
    await world.end(instance);

    const story = await world.story(instance);
    const pausedAt = story.indexOf("workflow_paused");
    expect(story.indexOf("workflow_waiting_for_pause")).toBeLessThan(pausedAt);
    expect(story).toContain("step_completed b-1");
    // A worker that is killed takes its callbacks with it: they are in flight no more.
    expect(pausedAt).toBeGreaterThan(EXACT ? story.indexOf("step_completed b-1") : 0);
  });

  it("takes effect at once in a sleep, and both events are told", async () => {
    const world = await World.open();
    const instance = await sleeping(world);
    await instance.pause();

    expect(await instance.status()).toMatchObject({ status: "paused" });
    await instance.resume();
    await world.end(instance);
    expect((await world.story(instance)).slice(5, 7)).toEqual(["workflow_waiting_for_pause", "workflow_paused"]);
  });

  it("stops the clocks of sleeps: the rest is slept after the resume", async () => {
    const world = await World.open();
    const instance = await sleeping(world);
    world.pass(MINUTE_MS / 4);
    await instance.pause();
    world.pass(10 * MINUTE_MS);
    await instance.resume();
    const resumedAt = world.now;
    await world.end(instance);
    const woken = (await world.events(instance)).find(({ type }) => type === "sleep_completed");

    expect(woken!.timestamp - resumedAt).toBe((MINUTE_MS * 3) / 4);
  });

  it("stops the clock of a wait's timeout", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) =>
      outcomeOf(() => step.waitForEvent("w", { type: "go", timeout: MINUTE_MS })),
    );
    const instance = await world.create();
    await world.reaches(instance, "waiting");
    world.pass(MINUTE_MS / 2);
    await instance.pause();
    world.pass(10 * MINUTE_MS);
    await instance.resume();
    const resumedAt = world.now;
    await world.end(instance);
    const over = (await world.events(instance)).find(({ type }) => type === "wait_timed_out");

    expect(over!.timestamp - resumedAt).toBe(MINUTE_MS / 2);
  });

  it("has no effect on one that is paused or about to be", async () => {
    const world = await World.open();
    const { instance, gate } = await held(world);
    await instance.pause();
    await instance.pause();
    expect(await instance.status()).toMatchObject({ status: "waitingForPause" });
    gate.open();
    await world.reaches(instance, "paused");
    await instance.pause();

    expect(await instance.status()).toMatchObject({ status: "paused" });
  });

  it.each(FINISHED)("has no effect on one that is %s", async (status) => {
    const world = await World.open();
    const instance = await finished(world, status);
    await instance.pause();

    expect(await instance.status()).toMatchObject({ status });
  });
});

describe("resume", () => {
  it("takes back a pause that has not taken effect", async () => {
    const world = await World.open();
    const { instance, gate } = await held(world);
    await instance.pause();
    await instance.resume();
    expect(await instance.status()).toMatchObject({ status: "running" });
    gate.open();

    expect(await world.end(instance)).toMatchObject({ status: "complete" });
    expect(await world.story(instance)).not.toContain("workflow_paused");
  });

  it("replays run without running finished steps again", async () => {
    const world = await World.open();
    const calls: string[] = [];
    await world.serve(async (_event, step) => {
      await step.do("a", async () => calls.push("a"));
      await step.sleep("nap", MINUTE_MS);
      await step.do("b", async () => calls.push("b"));
    });
    const instance = await world.create();
    await world.until(instance, "sleep_started");
    await world.reaches(instance, "waiting");
    await instance.pause();
    await instance.resume();
    await world.end(instance);

    expect(calls.filter((name) => name === "a")).toHaveLength(1);
  });

  it("has no effect on one that is queued, running or waiting", async () => {
    const world = await World.open();
    const queued = await world.create();
    await queued.resume();
    expect(await queued.status()).toMatchObject({ status: "queued" });
    const { instance: running, gate } = await held(world);
    await running.resume();
    expect(await running.status()).toMatchObject({ status: "running" });
    gate.open();
    const waiting = await sleeping(world);
    await waiting.resume();

    expect(await waiting.status()).toMatchObject({ status: "waiting" });
  });

  it.each(FINISHED)("has no effect on one that is %s", async (status) => {
    const world = await World.open();
    const instance = await finished(world, status);
    await instance.resume();

    expect(await instance.status()).toMatchObject({ status });
  });
});

describe("terminate", () => {
  it("ends a queued instance before it starts", async () => {
    const world = await World.open();
    const instance = await world.create();
    await instance.terminate();

    expect(await instance.status()).toMatchObject({ status: "terminated", output: null });
  });

  it("cuts off the code in flight: it does not get past its current await, and no step follows", async () => {
    const world = await World.open();
    const { instance, gate, calls } = await held(world);
    await instance.terminate();
    gate.open();
    // Another instance comes and goes meanwhile.
    await world.end(await world.create());

    expect(await instance.status()).toMatchObject({ status: "terminated", output: null });
    expect((await world.story(instance)).filter((line) => line.startsWith("step_completed"))).toEqual([]);
    expect(calls.filter((name) => name === "second").length).toEqual(times(1));
  });

  it("tells the callback in flight by its signal", async () => {
    const world = await World.open();
    const gate = new Gate();
    const aborted = Promise.withResolvers<void>();
    await world.serve(async (_event, step) =>
      step.do("x", async ({ signal }) => {
        signal.addEventListener("abort", () => aborted.resolve());
        await gate.pass();
      }),
    );
    const instance = await world.create();
    await gate.reached;
    await instance.terminate();

    await expect(aborted.promise).resolves.toBeUndefined();
  });

  it("ends an instance that sleeps, is paused, or is about to be", async () => {
    const world = await World.open();
    const asleep = await sleeping(world);
    const paused = await sleeping(world);
    await paused.pause();
    const { instance: pausing, gate } = await held(world);
    await pausing.pause();
    for (const instance of [asleep, paused, pausing]) await instance.terminate();
    gate.open();

    for (const instance of [asleep, paused, pausing]) {
      expect(await instance.status()).toMatchObject({ status: "terminated" });
    }
  });

  it.each(FINISHED)("is refused for one that is %s", async (status) => {
    const world = await World.open();
    const instance = await finished(world, status);

    await expect(instance.terminate()).rejects.toMatchObject({
      name: "WorkflowError",
      message: "(instance.cannot_terminate) Cannot terminate instance since its on a finite state",
    });
  });

  it("cannot be undone by resume, but by restart", async () => {
    const world = await World.open();
    const instance = await sleeping(world);
    await instance.terminate();
    await instance.resume();
    expect(await instance.status()).toMatchObject({ status: "terminated" });
    await instance.restart();

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: "woken" });
  });
});

describe("restart", () => {
  it.each(FINISHED)("runs one anew that is %s, without its old output and error", async (status) => {
    const world = await World.open();
    const instance = await finished(world, status);
    const gate = new Gate();
    await world.serve(async (_event, step) => {
      await step.do("x", () => gate.pass());
      return "anew";
    });
    await instance.restart();
    await gate.reached;
    const during = await instance.status();
    expect(during).toMatchObject({ status: "running", output: null });
    expect(during).not.toHaveProperty("error");
    gate.open();

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: "anew" });
  });

  it("wipes the journal: every step runs again", async () => {
    const world = await World.open();
    let calls = 0;
    await world.serve(async (_event, step) => step.do("x", async () => (calls += 1)));
    const instance = await world.create();
    await world.end(instance);
    await instance.restart();
    await world.end(instance);

    expect(calls).toEqual(times(2));
    expect(await instance.result()).toEqual(times(2));
  });

  it("cancels what runs", async () => {
    const world = await World.open();
    const gate = new Gate();
    let first = true;
    await world.serve(async (_event, step) =>
      step.do("x", async () => {
        if (!first) return "second life";
        first = false;
        await gate.pass();
        return "first life";
      }),
    );
    const instance = await world.create();
    await gate.reached;
    await instance.restart();
    gate.open();

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: "second life" });
  });

  it("keeps id, params and the time of creation, and begins its history anew", async () => {
    const world = await World.open();
    const createdAt = world.now;
    await world.serve(async (event) => [event.instanceId, event.payload as unknown, event.timestamp.getTime()]);
    const instance = await world.create({ id: "i", params: { n: 1 } });
    await world.end(instance);
    world.pass(5_000);
    await instance.restart();
    await world.end(instance);

    expect(await instance.result()).toEqual(["i", { n: 1 }, createdAt]);
    expect((await world.events(instance)).map(({ eventId }) => eventId)).toEqual([1, 2, 3, 4]);
  });

  it("drops events that were buffered", async () => {
    const world = await World.open();
    const instance = await world.create();
    await instance.sendEvent({ type: "go", payload: "old" });
    await instance.restart();
    await world.serve(async (_event, step) =>
      outcomeOf(() => step.waitForEvent("w", { type: "go", timeout: MINUTE_MS })),
    );
    await world.end(instance);

    expect(await instance.result()).toBe("WorkflowTimeoutError: Execution timed out after 60000ms");
  });

  it("begins again one that is queued, sleeps, or is paused", async () => {
    const world = await World.open();
    const queued = await world.create();
    await queued.restart();
    expect(await queued.status()).toMatchObject({ status: "queued" });
    const asleep = await sleeping(world);
    const paused = await sleeping(world);
    await paused.pause();
    for (const instance of [asleep, paused]) await instance.restart();

    for (const instance of [queued, asleep, paused]) {
      expect(await world.end(instance)).toMatchObject({ status: "complete", output: "woken" });
    }
  });

  it("of an instance by its own step begins it anew", async () => {
    const world = await World.open();
    const second = new Gate();
    let lives = 0;
    await world.serve(async (event, step) => {
      await step.do("x", async () => {
        lives += 1;
        if (lives === 1) await (await world.binding().get(event.instanceId)).restart();
        else await second.pass();
      });
      return "over";
    });
    const instance = await world.create();
    await second.reached;
    second.open();

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: "over" });
  });
});

describe("a handle", () => {
  it("of an id that is not known cannot be had", async () => {
    const world = await World.open();

    await expect(world.binding().get("nobody")).rejects.toThrow("instance.not_found");
  });

  it("keeps working over terminate and restart", async () => {
    const world = await World.open();
    const instance = await sleeping(world);
    const same = await world.binding().get(instance.id);
    await instance.terminate();
    await same.restart();

    expect(await world.end(instance)).toMatchObject({ status: "complete" });
    expect(await same.status()).toMatchObject({ status: "complete" });
  });
});

describe("a child", () => {
  it("is created within a step, independent of its parent, which can await it by an event", async () => {
    const world = await World.open();
    await world.serve({
      w: async (event, step) => {
        const id = await step.do("create child", async ({ idempotencyKey }) => {
          const options = { id: idempotencyKey.replaceAll(/[^a-zA-Z0-9]/g, "_").slice(-90), params: event.instanceId };
          const child = await world
            .binding("child")
            .create(options)
            // The step may be done again after its worker was lost.
            .catch(() => world.binding("child").get(options.id));
          return child.id;
        });
        const answer = await step.waitForEvent("answer", { type: "answer" });
        return [typeof id, answer.payload as unknown];
      },
      child: async (event, step) => {
        await step.do("answer", async () => {
          const parent = await world.binding().get(event.payload as string);
          await parent.sendEvent({ type: "answer", payload: 42 });
        });
      },
    });
    const instance = await world.create();
    await instance.waitForEnd();

    expect(await instance.result()).toEqual(["string", 42]);
  });
});
