import { describe, expect, it } from "vitest";
import { NonRetryableError } from "../../../sdk/typescript/src/errors-non-retryable.ts";
import type { WorkflowInstanceModifier } from "../../../sdk/typescript/src/testing.ts";
import { aTestEngine } from "./support/a-test-engine.ts";

const RETRIES = { retries: { limit: 3, delay: "1 hour", backoff: "constant" } } as const;
const NEVER = (): never => {
  throw new Error("the callback was called");
};

describe("disabled sleeps", () => {
  it("end at once, the clock stands still, and the journal has the durations of the code", async () => {
    const test = await aTestEngine(
      async ({ timestamp }, step) => {
        await step.sleep("nap", "1 week");
        await step.sleepUntil("party", timestamp.getTime() + 30 * 86_400_000);
        return "awake";
      },
      { time: "manual" },
    );
    const instance = await test.introspect();
    const before = test.engine.now();
    await instance.modify((m) => m.disableSleeps());
    await test.create();
    await instance.waitForStatus("complete");

    expect(test.engine.now()).toEqual(before);
    const started = (await test.events()).filter(({ type }) => type === "sleep_started");
    expect(started).toMatchObject([{ durationMs: 604_800_000 }, { durationMs: 2_592_000_000 }]);
  });

  it("may be some: named, and by which use of the name", async () => {
    const test = await aTestEngine(
      async (_event, step) => {
        await step.sleep("nap", "1 hour");
        await step.sleep("rest", "1 hour");
        await step.sleep("rest", "1 hour");
        await step.sleep("nap", "1 hour");
      },
      { time: "manual" },
    );
    const instance = await test.introspect();
    await instance.modify((m) => m.disableSleeps([{ name: "nap" }, { name: "rest", index: 2 }]));
    await test.create();

    await test.engine.advance("1 hour");
    expect(await test.status()).toBe("waiting");
    await test.engine.advance("1 hour");
    expect(await test.status()).toBe("complete");
  });

  it("leave the event beside them its time", async () => {
    const test = await aTestEngine(async (_event, step) =>
      Promise.race([
        step.waitForEvent("approval", { type: "approved", timeout: "1 hour" }),
        step.sleep("nap", "1 week").then(() => "slept"),
      ]),
    );
    const instance = await test.introspect();
    await instance.modify((m) => m.disableSleeps());
    await test.create();

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toBe("slept");
  });

  it("may be disabled while the instance sleeps", async () => {
    const test = await aTestEngine((_event, step) => step.sleep("nap", "1 week"), { time: "manual" });
    const instance = await test.introspect();
    await test.create();
    await instance.waitForStatus("waiting");
    await instance.modify((m) => m.disableSleeps());
    await instance.waitForStatus("complete");

    expect(await test.story()).toContain("sleep_completed nap-1");
  });
});

describe("disabled retry delays", () => {
  const script = async (attempts: string[], step: Parameters<Parameters<typeof aTestEngine>[0]>[1]) => {
    const doing = (name: string) =>
      step.do(name, RETRIES, async ({ attempt }) => {
        attempts.push(`${name} ${attempt}`);
        if (attempt < 3) throw new Error("not yet");
        return attempt;
      });
    return [await doing("a"), await doing("b")];
  };

  it("let the next attempt follow at once, and the journal has the delays of the code", async () => {
    const attempts: string[] = [];
    const test = await aTestEngine((_event, step) => script(attempts, step), { time: "manual" });
    const instance = await test.introspect();
    await instance.modify((m) => m.disableRetryDelays());
    await test.create();

    await instance.waitForStatus("complete");
    expect(attempts).toEqual(["a 1", "a 2", "a 3", "b 1", "b 2", "b 3"]);
    const errored = (await test.events()).filter(({ type }) => type === "attempt_errored");
    expect(errored).toMatchObject(Array.from({ length: 4 }, () => ({ retryDelayMs: 3_600_000 })));
  });

  it("may be those of some steps", async () => {
    const test = await aTestEngine((_event, step) => script([], step), { time: "manual" });
    const instance = await test.introspect();
    await instance.modify((m) => m.disableRetryDelays([{ name: "a" }]));
    await test.create();

    expect(await instance.waitForStepResult({ name: "a" })).toBe(3);
    await instance.waitForStatus("waiting");
    await test.engine.advance("2 hours");
    expect(await test.status()).toBe("complete");
  });
});

describe("a mocked result", () => {
  it("is given in place of the callback, and journaled as if it had run", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", NEVER));
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, { total: new Date(0) }));
    await test.create();

    expect(await instance.waitForStepResult({ name: "a" })).toEqual({ total: new Date(0) });
    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toEqual({ total: new Date(0) });
    expect(await test.story()).toEqual([
      "workflow_queued",
      "workflow_started",
      "workflow_running",
      "step_started a-1",
      "attempt_started a-1",
      "attempt_completed a-1",
      "step_completed a-1",
      "workflow_completed",
    ]);
  });

  it.each([[0], [null], [""], [false], [undefined], [Number.NaN]])("may be %s", async (value) => {
    const test = await aTestEngine(async (_event, step) => [await step.do("a", NEVER)]);
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, value));
    await test.create();

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toEqual([value]);
  });

  it("is that of one use of the name, the first unless it says which", async () => {
    const test = await aTestEngine(async (_event, step) => [
      await step.do("a", () => "real"),
      await step.do("a", () => "real"),
      await step.do("a", () => "real"),
    ]);
    const instance = await test.introspect();
    await instance.modify(async (m) => {
      await m.mockStepResult({ name: "a" }, "first");
      await m.mockStepResult({ name: "a", index: 3 }, "third");
    });
    await test.create();

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toEqual(["first", "real", "third"]);
  });

  it("is a copy for each that gets it", async () => {
    const given = { list: [1] };
    const test = await aTestEngine(async (_event, step) => {
      const got = await step.do("a", (): typeof given => NEVER());
      got.list.push(2);
      return got;
    });
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, given));
    await test.create();

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toEqual({ list: [1, 2] });
    expect(given).toEqual({ list: [1] });
  });

  it("is mocked once", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();
    const modified = instance.modify(async (m) => {
      await m.mockStepResult({ name: "a" }, 1);
      await m.mockStepResult({ name: "a", index: 2 }, 2);
      await m.mockStepResult({ name: "a" }, 3);
    });

    await expect(modified).rejects.toThrow("[WorkflowIntrospector] Trying to mock step 'a' multiple times!");
  });

  it("stays over a restart", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", NEVER));
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, "mocked"));
    const handle = await test.create();
    await instance.waitForStatus("complete");
    await handle.restart();

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toBe("mocked");
  });

  it("is refused as the code's would be when it cannot be stored", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", NEVER));
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, () => "a function"));
    await test.create();

    await instance.waitForStatus("errored");
    expect(await instance.getError()).toMatchObject({ name: "WorkflowFatalError" });
  });
});

describe("a mocked stream", () => {
  const readAll = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("is given anew to each run, and to each instance", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const stream = await step.do("a", (): ReadableStream<Uint8Array> => NEVER());
      return readAll(stream);
    });
    await using introspector = await test.introspectAll();
    const given = ReadableStream.from([bytes("one "), bytes("two").buffer, new Uint16Array([0x2121])]);
    await introspector.modifyAll((m) => m.mockStepResult({ name: "a" }, given));
    const handle = await test.create("one");
    await test.create("two");

    expect(await test.result("one")).toBe("one two!!");
    expect(await test.result("two")).toBe("one two!!");
    await handle.restart();
    expect(await handle.result()).toBe("one two!!");
  });

  it("comes after the failures that were mocked, and shows as its text", async () => {
    const test = await aTestEngine(async (_event, step) => readAll(await step.do("a", RETRIES, () => NEVER())));
    const instance = await test.introspect();
    await instance.modify(async (m) => {
      await m.mockStepError({ name: "a" }, new Error("oops"), 2);
      await m.mockStepResult({ name: "a" }, new Response("hello").body);
    });
    await test.create();

    expect(await test.result()).toBe("hello");
    expect(await instance.waitForStepResult({ name: "a" })).toBe("hello");
  });

  it("is one of bytes that nobody has read", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();
    const read = ReadableStream.from([bytes("one")]);
    await readAll(read);

    await expect(instance.modify((m) => m.mockStepResult({ name: "a" }, read))).rejects.toThrow(
      new TypeError("Workflow mockStepResult() received a locked or unreadable ReadableStream."),
    );
    await expect(
      instance.modify((m) => m.mockStepResult({ name: "b" }, ReadableStream.from(["text"]))),
    ).rejects.toThrow(
      new TypeError("Workflow mockStepResult() ReadableStream chunks must be ArrayBuffer or TypedArray values."),
    );
  });
});

describe("mocked failures", () => {
  it("are thrown by every attempt unless it is said how many", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", RETRIES, NEVER));
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepError({ name: "a" }, new TypeError("oops")));
    await test.create();

    await expect(instance.waitForStepResult({ name: "a" })).rejects.toThrow(new TypeError("oops"));
    await instance.waitForStatus("errored");
    expect(await instance.getError()).toEqual({ name: "TypeError", message: "oops" });
    const errored = (await test.events()).filter(({ type }) => type === "attempt_errored");
    expect(errored).toMatchObject([{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }, { attempt: 4 }]);
  });

  it("come first, and then the mocked result", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", RETRIES, NEVER));
    const instance = await test.introspect();
    await instance.modify(async (m) => {
      await m.mockStepError({ name: "a" }, new Error("oops"), 2);
      await m.mockStepResult({ name: "a" }, "mocked");
    });
    await test.create();

    expect(await instance.waitForStepResult({ name: "a" })).toBe("mocked");
    expect(await test.story()).toEqual(expect.arrayContaining(["attempt_errored a-1", "attempt_completed a-1"]));
    expect((await test.events()).filter(({ type }) => type === "attempt_errored")).toHaveLength(2);
  });

  it("come first, and then the step's own callback", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", RETRIES, ({ attempt }) => attempt));
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepError({ name: "a" }, new Error("oops"), 1));
    await test.create();

    expect(await instance.waitForStepResult({ name: "a" })).toBe(2);
  });

  it("add up over calls, errors and timeouts alike", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", RETRIES, ({ attempt }) => attempt));
    const instance = await test.introspect();
    await instance.modify(async (m) => {
      await m.mockStepError({ name: "a" }, new Error("first"), 1);
      await m.forceStepTimeout({ name: "a" }, 1);
      await m.mockStepError({ name: "a" }, new Error("third"), 1);
    });
    await test.create();

    expect(await instance.waitForStepResult({ name: "a" })).toBe(4);
    const errored = (await test.events()).filter(({ type }) => type === "attempt_errored");
    expect(errored).toMatchObject([
      { error: { name: "Error", message: "first" } },
      { error: { name: "WorkflowTimeoutError", message: "Execution timed out after 0ms" } },
      { error: { name: "Error", message: "third" } },
    ]);
  });

  it("of the kind that is not retried end the step", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", RETRIES, NEVER));
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepError({ name: "a" }, new NonRetryableError("never")));
    await test.create();

    await expect(instance.waitForStepResult({ name: "a" })).rejects.toThrow("never");
    expect((await test.events()).filter(({ type }) => type === "attempt_errored")).toHaveLength(1);
  });

  it.each([
    ["error", (m: WorkflowInstanceModifier) => m.mockStepError({ name: "a" }, new Error("oops"))],
    ["error", (m: WorkflowInstanceModifier) => m.mockStepError({ name: "a" }, new Error("oops"), 1)],
  ])("cannot be an %s after the result was mocked", async (_, mock) => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, 0));

    await expect(instance.modify(mock)).rejects.toThrow(
      "[WorkflowIntrospector] Trying to mock error on step 'a' after mocking its result!",
    );
  });

  it("cannot be a timeout after the result was mocked", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, 0));

    await expect(instance.modify((m) => m.forceStepTimeout({ name: "a" }))).rejects.toThrow(
      "[WorkflowIntrospector] Trying to force timeout on step 'a' after mocking its result!",
    );
  });

  it.each([0, -1, 1.5])("cannot be %s of them", async (times) => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();

    await expect(instance.modify((m) => m.forceStepTimeout({ name: "a" }, times))).rejects.toThrow(RangeError);
  });
});

describe("the rollback of a workflow", () => {
  it("undoes mocked steps with the results that were mocked, and its retries are skipped like others", async () => {
    const undone: unknown[] = [];
    const test = await aTestEngine(
      async (_event, step) => {
        await step.do("book", NEVER, {
          rollback: async ({ output }) => {
            undone.push(output);
            if (undone.length === 1) throw new Error("busy");
          },
          rollbackConfig: { retries: { limit: 2, delay: "1 day" } },
        });
        await step.do("charge", RETRIES, NEVER);
      },
      { time: "manual" },
    );
    const instance = await test.introspect();
    await instance.modify(async (m) => {
      await m.mockStepResult({ name: "book" }, "booking 7");
      await m.mockStepError({ name: "charge" }, new Error("no funds"));
      await m.disableRetryDelays();
    });
    await test.create();

    await instance.waitForStatus("errored");
    expect(undone).toEqual(["booking 7", "booking 7"]);
    expect(await instance.getError()).toEqual({ name: "Error", message: "no funds" });
  });
});

describe("a forced timeout of a step", () => {
  it("fails every attempt unless it is said how many, without a wait", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", RETRIES, NEVER));
    const instance = await test.introspect();
    await instance.modify((m) => m.forceStepTimeout({ name: "a" }));
    await test.create();

    await instance.waitForStatus("errored");
    expect(await instance.getError()).toEqual({
      name: "WorkflowTimeoutError",
      message: "Execution timed out after 0ms",
    });
  });
});

describe("mocked events", () => {
  it("come when the instance waits for them, in the order of the calls, beside those that are sent", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const one = await step.waitForEvent("one", { type: "a" });
      const two = await step.waitForEvent("two", { type: "b" });
      const three = await step.waitForEvent("three", { type: "a" });
      return [one.payload, two.payload, three.payload] as unknown[];
    });
    const instance = await test.introspect();
    await instance.modify(async (m) => {
      await m.mockEvent({ type: "a", payload: 1 });
      await m.mockEvent({ type: "a", payload: 3 });
    });
    const handle = await test.create();
    await handle.sendEvent({ type: "b", payload: 2 });

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toEqual([1, 2, 3]);
  });

  it("come to an instance that waits already, and after a restart again", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const { payload, type } = await step.waitForEvent("approval", { type: "approved" });
      return { payload: payload as unknown, type };
    });
    const instance = await test.introspect();
    const handle = await test.create();
    await instance.waitForStatus("waiting");
    await instance.modify((m) => m.mockEvent({ type: "approved", payload: new Map([[1, 2]]) }));
    await instance.waitForStatus("complete");
    await handle.restart();

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toEqual({ payload: new Map([[1, 2]]), type: "approved" });
  });

  it("are not overtaken by a sleep beside them", async () => {
    const test = await aTestEngine(async (_event, step) =>
      Promise.race([
        step.sleep("reminder", "1 day").then(() => "reminded"),
        step.waitForEvent("approval", { type: "approved" }).then(() => "approved"),
      ]),
    );
    const instance = await test.introspect();
    await instance.modify((m) => m.mockEvent({ type: "approved" }));
    await test.create();
    await test.engine.advance("2 days");

    expect(await instance.getOutput()).toBe("approved");
  });

  it("are refused when their payload cannot be sent", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();

    await expect(instance.modify((m) => m.mockEvent({ type: "a", payload: () => 1 }))).rejects.toThrow("payload");
  });
});

describe("a forced timeout of an event", () => {
  it("comes at once, tells the timeout of the code, and is journaled", async () => {
    const test = await aTestEngine(
      async (_event, step) => {
        await step.waitForEvent("approval", { type: "approved", timeout: "2 hours" });
      },
      { time: "manual" },
    );
    const instance = await test.introspect();
    await instance.modify((m) => m.forceEventTimeout({ name: "approval" }));
    await test.create();

    await instance.waitForStatus("errored");
    expect(await instance.getError()).toEqual({
      name: "WorkflowTimeoutError",
      message: "Execution timed out after 7200000ms",
    });
    expect(await test.story()).toContain("wait_timed_out approval-1");
  });

  it("is that of one wait", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const first = await step.waitForEvent("approval", { type: "approved" }).catch(() => "none");
      const second = await step
        .waitForEvent("approval", { type: "approved" })
        .then(({ payload }) => payload as unknown);
      return [first, second];
    });
    const instance = await test.introspect();
    await instance.modify(async (m) => {
      await m.forceEventTimeout({ name: "approval" });
      await m.mockEvent({ type: "approved", payload: "Ada" });
    });
    await test.create();

    await instance.waitForStatus("complete");
    expect(await instance.getOutput()).toEqual(["none", "Ada"]);
  });
});
