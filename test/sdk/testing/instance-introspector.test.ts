import { describe, expect, it } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { introspectWorkflow, introspectWorkflowInstance } from "../../../sdk/typescript/src/testing.ts";
import type { WorkflowInstanceStatus } from "../../../sdk/typescript/src/workflow-binding.ts";
import { aTestEngine } from "./support/a-test-engine.ts";

describe("the result of a step", () => {
  it("is waited for from before the instance is created", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", () => new Date(5)));
    const instance = await test.introspect();
    const result = instance.waitForStepResult({ name: "a" });
    await test.create();

    expect(await result).toEqual(new Date(5));
    expect(await instance.waitForStepResult({ name: "a" })).toEqual(new Date(5));
  });

  it("is that of the first use of the name, or of another", async () => {
    const test = await aTestEngine(async (_event, step) => {
      for (const round of [1, 2, 3]) await step.do("a", () => round);
    });
    const instance = await test.introspect();
    await test.create();

    expect(await instance.waitForStepResult({ name: "a" })).toBe(1);
    expect(await instance.waitForStepResult({ name: "a", index: 3 })).toBe(3);
  });

  it("is what the step threw in the end, though `run` caught it", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const failing = step.do("a", { retries: { limit: 1, delay: 10 } }, ({ attempt }) => {
        throw new RangeError(`attempt ${attempt}`);
      });
      return failing.catch(() => "caught");
    });
    const instance = await test.introspect();
    await test.create();

    await expect(instance.waitForStepResult({ name: "a" })).rejects.toThrow(new RangeError("attempt 2"));
    await instance.waitForStatus("complete");
  });

  it("never comes when the instance ends without it, and the wait says so", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", () => 1));
    const instance = await test.introspect();
    await test.create();

    await expect(instance.waitForStepResult({ name: "b", index: 2 })).rejects.toThrow(
      "[WorkflowIntrospector] The Workflow instance i has reached status 'complete'. Step 'b' (2) has no result and will get none.",
    );
  });
});

describe("a status", () => {
  it("is waited for from before the instance is created, and seen though it passes", async () => {
    const test = await aTestEngine(async (_event, step) => step.sleep("nap", "1 hour"));
    const instance = await test.introspect();
    const seen = Promise.all((["running", "waiting", "complete"] as const).map((one) => instance.waitForStatus(one)));
    await test.create();

    await seen;
    expect(await test.status()).toBe("complete");
  });

  it("is there at once when it is the current one", async () => {
    const test = await aTestEngine(async (_event, step) => step.waitForEvent("go", { type: "go" }));
    const instance = await test.introspect();
    const handle = await test.create();
    await instance.waitForStatus("waiting");
    await instance.waitForStatus("waiting");
    await handle.pause();
    await instance.waitForStatus("paused");
    await handle.terminate();
    await instance.waitForStatus("terminated");

    expect(await test.status()).toBe("terminated");
  });

  it("of the name queued is never waited for", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();

    await expect(instance.waitForStatus("queued")).resolves.toBeUndefined();
  });

  it.each(["complete", "errored", "terminated"] as const)(
    "of the name %s keeps the others from coming",
    async (end) => {
      const test = await aTestEngine(async (_event, step) => {
        await step.waitForEvent("go", { type: "go" });
        if (end === "errored") throw new Error("oops");
      });
      const instance = await test.introspect();
      const handle = await test.create();
      const others = (["complete", "errored", "terminated"] as const).filter((status) => status !== end);
      const waits = others.map(async (status) => instance.waitForStatus(status).catch((error: Error) => error.message));
      await instance.waitForStatus("waiting");
      await (end === "terminated" ? handle.terminate() : handle.sendEvent({ type: "go" }));

      expect(await Promise.all(waits)).toEqual(
        others.map(
          (status) =>
            `[WorkflowIntrospector] The Workflow instance i has reached status '${end}'. This is a finite status that prevents it from ever reaching the expected status of '${status}'.`,
        ),
      );
    },
  );

  it("that is none is refused", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();

    await expect(instance.waitForStatus("bogus" as WorkflowInstanceStatus)).rejects.toThrow(
      "bogus was not handled because it's not a valid InstanceStatus",
    );
  });
});

describe("output and error", () => {
  it("are there when the instance has them", async () => {
    const test = await aTestEngine(async ({ payload }) => {
      if (payload === "bad") throw new TypeError("bad params");
      return new Map([["params", payload as unknown]]);
    });
    const good = await test.introspect("good");
    const bad = await test.introspect("bad");
    await test.create("good", "good");
    await test.create("bad", "bad");
    await good.waitForStatus("complete");
    await bad.waitForStatus("errored");

    expect(await good.getOutput()).toEqual(new Map([["params", "good"]]));
    expect(await bad.getError()).toEqual({ name: "TypeError", message: "bad params" });
    await expect(bad.getOutput()).rejects.toThrow(
      'Cannot retrieve output: Workflow instance is in status "errored" but must be "complete" to have an output available',
    );
    await expect(good.getError()).rejects.toThrow(
      'Cannot retrieve error: Workflow instance is in status "complete" but must be "errored" to have error information available',
    );
  });

  it("are not there before the end", async () => {
    const test = await aTestEngine(async (_event, step) => step.waitForEvent("go", { type: "go" }));
    const instance = await test.introspect();
    await test.create();
    await instance.waitForStatus("waiting");

    await expect(instance.getOutput()).rejects.toThrow('is in status "waiting" but must be "complete"');
  });
});

describe("an introspector that is disposed of", () => {
  it("removes the instance, so that its id is free and nothing of it is left", async () => {
    const calls: string[] = [];
    const test = await aTestEngine(async ({ payload }, step) =>
      step.do("a", () => {
        calls.push(payload as string);
        return payload as string;
      }),
    );
    {
      await using instance = await test.introspect();
      await instance.modify((m) => m.mockStepResult({ name: "a" }, "mocked"));
      await test.create("i", "first");
      await instance.waitForStatus("complete");
    }
    await expect(test.binding.get("i")).rejects.toThrow("instance.not_found");

    await test.create("i", "second");
    expect(await test.result()).toBe("second");
    expect(calls).toEqual(["second"]);
  });

  it("removes it whatever it is doing, and the code in flight goes no further", async () => {
    const { promise: called, resolve: onCalled } = Promise.withResolvers<void>();
    const { promise: aborted, resolve: onAborted } = Promise.withResolvers<void>();
    const after: string[] = [];
    const test = await aTestEngine(async (_event, step) => {
      await step.do("a", ({ signal }) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => {
          onAborted();
          resolve();
        });
        onCalled();
        return promise;
      });
      after.push("went on");
    });
    const instance = await test.introspect();
    await test.create();
    await called;
    await instance.dispose();
    await aborted;
    await test.engine.advance("1 hour");

    await expect(test.binding.get("i")).rejects.toThrow("instance.not_found");
    expect(after).toEqual([]);
  });

  it("may be disposed of twice, and before the instance is there", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();
    await instance.dispose();
    await test.create();

    await instance.dispose();
    expect(await test.result()).toBe("done");
  });

  it("ends the waits on it, and takes no more changes", async () => {
    const test = await aTestEngine(async () => "done");
    const instance = await test.introspect();
    const waited = instance.waitForStatus("complete").catch((error: Error) => error.message);
    await instance.dispose();

    expect(await waited).toContain("is no longer introspected");
    await expect(instance.modify((m) => m.disableSleeps())).rejects.toThrow("is no longer introspected");
  });
});

describe("what is introspected", () => {
  it("may be an instance that is there already", async () => {
    const test = await aTestEngine(async (_event, step) => {
      await step.waitForEvent("go", { type: "go" });
      return step.do("a", () => "real");
    });
    const handle = await test.create();
    const instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, "mocked"));
    await handle.sendEvent({ type: "go" });

    expect(await instance.waitForStepResult({ name: "a" })).toBe("mocked");
  });

  it("is a binding of a test engine, and an id", async () => {
    const test = await aTestEngine(async () => "done");
    const foreign = createClient({ engine: test.engine.transport }).workflow("w");
    const none = undefined as unknown as object;

    await expect(introspectWorkflowInstance(test.binding, "")).rejects.toThrow(
      "[WorkflowIntrospector] Workflow binding and instance id are required.",
    );
    await expect(introspectWorkflowInstance(none, "i")).rejects.toThrow(
      "[WorkflowIntrospector] Workflow binding and instance id are required.",
    );
    await expect(introspectWorkflow(none)).rejects.toThrow("[WorkflowIntrospector] Workflow binding is required.");
    await expect(introspectWorkflowInstance(foreign, "i")).rejects.toThrow(
      '[WorkflowIntrospector] introspectWorkflowInstance() needs a binding that a test engine made: engine.workflow("Name"), or one in engine.env',
    );
  });
});
