import { describe, expect, it, onTestFinished, vi } from "vitest";
import { aTestEngine } from "./support/a-test-engine.ts";

const DAY_MS = 86_400_000;
const T0 = Date.UTC(2026, 0, 1);

describe("time that is skipped", () => {
  it("ends a sleep of a week, and one of a year after it, and the journal tells when", async () => {
    const test = await aTestEngine(
      async (_event, step) => {
        await step.sleep("a week", "1 week");
        await step.sleep("a year", "365 days");
        return "awake";
      },
      { startAt: T0 },
    );
    await test.create();

    expect(await test.result()).toBe("awake");
    expect((await test.events()).at(-1)).toMatchObject({ type: "workflow_completed", timestamp: T0 + 372 * DAY_MS });
    expect(test.engine.now()).toEqual(new Date(T0 + 372 * DAY_MS));
  });

  it("ends retry delays", async () => {
    const attempts: number[] = [];
    const test = await aTestEngine(
      (_event, step) =>
        step.do("flaky", { retries: { limit: 3, delay: "1 hour", backoff: "constant" } }, async ({ attempt }) => {
          attempts.push(attempt);
          if (attempt < 4) throw new Error("not yet");
          return attempt;
        }),
      { startAt: T0 },
    );
    await test.create();

    expect(await test.result()).toBe(4);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(test.engine.now()).toEqual(new Date(T0 + 3 * 3_600_000));
  });

  it("ends sleeps of many instances in the order of their times", async () => {
    const order: unknown[] = [];
    const test = await aTestEngine(async ({ payload }, step) => {
      await step.sleep("nap", payload);
      await step.do("wake", () => order.push(payload));
    });
    const days = [3, 1, 2];
    await Promise.all(days.map((day) => test.create(`i${day}`, day * DAY_MS)));
    await Promise.all(days.map((day) => test.result(`i${day}`)));

    expect(order).toEqual([DAY_MS, 2 * DAY_MS, 3 * DAY_MS]);
  });

  it("stands still while a callback runs", async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const { promise: called, resolve: onCalled } = Promise.withResolvers<void>();
    const test = await aTestEngine(
      async ({ instanceId }, step) => {
        if (instanceId === "sleeper") return step.sleep("nap", "1 day");
        return step.do("work", () => {
          onCalled();
          return release;
        });
      },
      { startAt: T0 },
    );
    await test.create("worker");
    await called;
    await test.create("sleeper");
    const sleeper = await test.introspect("sleeper");
    await sleeper.waitForStatus("waiting");

    expect(await test.status("sleeper")).toBe("waiting");
    expect(test.engine.now()).toEqual(new Date(T0));
    resolve();
    await test.result("sleeper");
    expect(test.engine.now()).toEqual(new Date(T0 + DAY_MS));
  });

  it("does not pass the timeout of an event that the test has yet to send", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const { payload } = await step.waitForEvent("approval", { type: "approved", timeout: "1 second" });
      return payload as unknown;
    });
    await test.create();
    const instance = await test.introspect();
    await instance.waitForStatus("waiting");
    await (await test.binding.get("i")).sendEvent({ type: "approved", payload: "Ada" });

    expect(await test.result()).toBe("Ada");
  });

  it("leaves a sleep alone that an event may overtake, until the test moves the clock", async () => {
    const test = await aTestEngine(async (_event, step) =>
      Promise.race([
        step.sleep("reminder", "3 days").then(() => "reminded"),
        step.waitForEvent("approval", { type: "approved", timeout: "30 days" }).then(() => "approved"),
      ]),
    );
    await test.create("first");
    await test.create("second");
    const first = await test.introspect("first");
    const second = await test.introspect("second");
    await first.waitForStatus("waiting");
    await second.waitForStatus("waiting");
    await (await test.binding.get("first")).sendEvent({ type: "approved" });

    expect(await test.result("first")).toBe("approved");
    await test.engine.advance("3 days");
    expect(await second.getOutput()).toBe("reminded");
  });

  it("ends retry delays beside a wait for an event", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const charged = step.do("charge", async ({ attempt }) => {
        if (attempt === 1) throw new Error("busy");
        return attempt;
      });
      await step.waitForEvent("approval", { type: "approved" });
      return charged;
    });
    const instance = await test.introspect();
    await test.create();

    expect(await instance.waitForStepResult({ name: "charge" })).toBe(2);
  });

  it("passes for all instances: the sleep of one may time out the wait of another", async () => {
    const test = await aTestEngine(async ({ instanceId }, step) => {
      if (instanceId === "sleeper") return step.sleep("nap", "2 days");
      return step.waitForEvent("approval", { type: "approved" });
    });
    const waiter = await test.introspect("waiter");
    await test.create("waiter");
    await waiter.waitForStatus("waiting");
    await test.create("sleeper");
    await test.result("sleeper");
    await waiter.waitForStatus("errored");

    expect(await waiter.getError()).toEqual({
      name: "WorkflowTimeoutError",
      message: "Execution timed out after 86400000ms",
    });
  });

  it("stands still for an instance that is paused", async () => {
    const test = await aTestEngine(async ({ instanceId }, step) => {
      if (instanceId === "i") await step.waitForEvent("go", { type: "go" });
      await step.sleep("nap", "1 hour");
    });
    const instance = await test.introspect();
    const handle = await test.create();
    await instance.waitForStatus("waiting");
    await handle.pause();
    await test.create("other");
    await test.result("other");
    await test.engine.advance("30 days");

    expect(await test.status()).toBe("paused");
    await handle.resume();
    await handle.sendEvent({ type: "go" });
    await instance.waitForStatus("complete");
  });
});

describe("a sleep until an instant", () => {
  const untilTomorrow = async (of: number) => {
    const test = await aTestEngine(
      async ({ timestamp }, step) => {
        await step.sleepUntil("tomorrow", timestamp.getTime() + DAY_MS);
        await step.sleepUntil("by the machine's time", Date.now() + 1_000);
        return "awake";
      },
      { startAt: of },
    );
    await test.create();
    return test.result();
  };

  it("is reckoned from the instance's own time, wherever the engine's begins", async () => {
    expect(await untilTomorrow(Date.now() - 30 * DAY_MS)).toBe("awake");
    expect(await untilTomorrow(Date.now() + 30 * DAY_MS)).toBe("awake");
  });

  it("in the past is refused as ever", async () => {
    const test = await aTestEngine(({ timestamp }, step) => step.sleepUntil("then", timestamp.getTime() - DAY_MS));
    await test.create();

    await expect(test.result()).rejects.toThrow("You can't sleep until a time in the past, time-traveler");
  });
});

describe("timers that a test has faked", () => {
  it.each([
    ["all that Vitest fakes", undefined],
    ["the date alone", ["Date"] as const],
  ])("do not hold a workflow up, and fake what its code sees (%s)", async (_, toFake) => {
    vi.useFakeTimers(toFake === undefined ? {} : { toFake: [...toFake] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const test = await aTestEngine(async (_event, step) => {
      const now = await step.do("now", { retries: { limit: 1, delay: "1 hour" } }, ({ attempt }) => {
        if (attempt === 1) throw new Error("not yet");
        return Date.now();
      });
      await step.sleep("nap", "1 week");
      return now;
    });
    vi.setSystemTime(T0);
    await test.create();

    expect(await test.result()).toBe(T0);
    await test.engine.close();
  });
});

describe("time that the test moves", () => {
  it("stands still otherwise, however short the sleep", async () => {
    const test = await aTestEngine((_event, step) => step.sleep("nap", 5), { time: "manual", startAt: T0 });
    const instance = await test.introspect();
    await test.create();
    await instance.waitForStatus("waiting");
    await test.engine.advance(4);

    expect(await test.status()).toBe("waiting");
    await test.engine.advance(1);
    expect(await test.status()).toBe("complete");
    expect(test.engine.now()).toEqual(new Date(T0 + 5));
  });

  it("stops at each timer on the way until all that follows has happened", async () => {
    const times: number[] = [];
    const test = await aTestEngine(
      async (_event, step) => {
        for (let day = 1; day <= 3; day++) {
          await step.sleep("a day", "1 day");
          await step.do("note", async () => times.push(test.engine.now().getTime() - T0));
        }
      },
      { time: "manual", startAt: T0 },
    );
    await test.create();
    await test.engine.advance("60 hours");

    expect(times).toEqual([DAY_MS, 2 * DAY_MS]);
    expect(test.engine.now()).toEqual(new Date(T0 + 2.5 * DAY_MS));
    await test.engine.advanceTo(T0 + 3 * DAY_MS);
    expect(await test.status()).toBe("complete");
  });

  it.each(["skip", "manual"] as const)("times out waits for events (%s)", async (time) => {
    const test = await aTestEngine((_event, step) => step.waitForEvent("approval", { type: "approved" }), { time });
    const instance = await test.introspect();
    await test.create();
    await test.engine.advance("23 hours");

    expect(await test.status()).toBe("waiting");
    await test.engine.advance("1 hour");
    expect(await instance.getError()).toEqual({
      name: "WorkflowTimeoutError",
      message: "Execution timed out after 86400000ms",
    });
  });

  it("never goes back, and moves one call after the other", async () => {
    const test = await aTestEngine(async () => "done", { time: "manual", startAt: new Date(T0) });
    await Promise.all([
      test.engine.advance("1 day"),
      test.engine.advance("1 day"),
      test.engine.advanceTo(new Date(T0)),
    ]);

    expect(test.engine.now()).toEqual(new Date(T0 + 2 * DAY_MS));
  });

  it.each([-1, Number.NaN, "soon"])("is not moved by %s", async (duration) => {
    const test = await aTestEngine(async () => "done");

    await expect(test.engine.advance(duration as number)).rejects.toThrow(RangeError);
  });

  it("lets an instance's own retention pass, and keeps all others", async () => {
    const test = await aTestEngine(async () => "done", { time: "manual" });
    const short = await test.binding.create({ id: "short", retention: { successRetention: "1 hour" } });
    await test.create("long");
    await short.waitForEnd();
    await test.result("long");
    await test.engine.advance("2 hours");

    await expect(test.binding.get("short")).rejects.toThrow("instance.not_found");
    await test.engine.advance("365 days");
    expect(await test.status("long")).toBe("complete");
  });
});
