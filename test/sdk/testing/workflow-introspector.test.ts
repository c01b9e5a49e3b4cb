import { describe, expect, it } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { aTestEngine } from "./support/a-test-engine.ts";

describe("a session of a workflow", () => {
  it("changes all instances created after it, whoever creates them", async () => {
    const test = await aTestEngine(async (_event, step) => {
      await step.sleep("nap", "1 week");
      return step.do("a", () => "real");
    });
    await test.create("before");
    await using introspector = await test.introspectAll();
    await introspector.modifyAll(async (m) => {
      await m.disableSleeps();
      await m.mockStepResult({ name: "a" }, 0);
    });
    await test.create("one");
    await test.binding.createBatch({ instances: [{ id: "two" }, { id: "three" }] });
    await createClient({ engine: test.engine.transport }).workflow("w").create({ id: "four" });

    const instances = introspector.get();
    await Promise.all(instances.map((instance) => instance.waitForStatus("complete")));
    expect(await Promise.all(instances.map((instance) => instance.getOutput()))).toEqual([0, 0, 0, 0]);
    expect(await test.result("four")).toBe(0);
    expect(await test.result("before")).toBe("real");
  });

  it("adds changes up, for the instances after each", async () => {
    const test = await aTestEngine(async (_event, step) => [
      await step.do("a", () => "real"),
      await step.do("b", () => "real"),
    ]);
    await using introspector = await test.introspectAll();
    await introspector.modifyAll((m) => m.mockStepResult({ name: "a" }, "mocked"));
    await test.create("one");
    await test.result("one");
    await introspector.modifyAll((m) => m.mockStepResult({ name: "b" }, "mocked"));
    await test.create("two");

    expect(await test.result("one")).toEqual(["mocked", "real"]);
    expect(await test.result("two")).toEqual(["mocked", "mocked"]);
    await expect(introspector.modifyAll((m) => m.mockStepResult({ name: "a" }, 1))).rejects.toThrow(
      "[WorkflowIntrospector] Trying to mock step 'a' multiple times!",
    );
  });

  it("gives way to what is changed of one instance", async () => {
    const test = await aTestEngine(async (_event, step) => [
      await step.do("a", () => "real"),
      await step.do("b", () => "real"),
    ]);
    await using introspector = await test.introspectAll();
    await introspector.modifyAll(async (m) => {
      await m.mockStepResult({ name: "a" }, "all");
      await m.mockStepResult({ name: "b" }, "all");
    });
    await using instance = await test.introspect();
    await instance.modify((m) => m.mockStepResult({ name: "a" }, "one"));
    await test.create();

    expect(await test.result()).toEqual(["one", "all"]);
  });

  it("sends each instance its own copy of a mocked event", async () => {
    const test = await aTestEngine(async (_event, step) => {
      const { payload } = await step.waitForEvent("approval", { type: "approved" });
      return payload as unknown;
    });
    await using introspector = await test.introspectAll();
    await introspector.modifyAll((m) => m.mockEvent({ type: "approved", payload: "Ada" }));
    await test.create("one");
    await test.create("two");

    expect(await test.result("one")).toBe("Ada");
    expect(await test.result("two")).toBe("Ada");
  });

  it("is the only one of its workflow, until it is disposed of", async () => {
    const test = await aTestEngine(async () => "done");
    const introspector = await test.introspectAll();

    await expect(test.introspectAll()).rejects.toThrow('Workflow "w" already has an active introspection session.');
    await introspector.dispose();
    await introspector.dispose();
    await using next = await test.introspectAll();
    expect(next.get()).toEqual([]);
  });

  it("removes the instances it saw when it is disposed of, and leaves later ones as they are", async () => {
    const test = await aTestEngine(async (_event, step) => step.do("a", () => "real"));
    {
      await using introspector = await test.introspectAll();
      await introspector.modifyAll((m) => m.mockStepResult({ name: "a" }, "mocked"));
      await test.create();
      await test.result();
    }
    await expect(test.binding.get("i")).rejects.toThrow("instance.not_found");

    await test.create();
    expect(await test.result()).toBe("real");
  });
});
