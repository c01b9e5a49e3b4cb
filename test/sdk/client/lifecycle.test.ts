import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import type { WorkflowClient } from "../../../sdk/typescript/src/client.ts";
import { WorkflowError } from "../../../sdk/typescript/src/errors.ts";
import type { WorkflowInstance, WorkflowInstanceRestartOptions } from "../../../sdk/typescript/src/workflow-binding.ts";
import type { Script } from "../worker/support/world.ts";
import { World } from "../worker/support/world.ts";

const NOT_FOUND = new WorkflowError("instance.not_found", "Instance does not exist");

function aBinding(world: World, ...interceptors: readonly Interceptor[]): WorkflowClient {
  const client = createClient({ engine: world.engine.transport(...interceptors) });
  onTestFinished(() => client.close());
  return client.workflow("w");
}

/** Loses the answer of the first call of a method. */
function losing(method: string): Interceptor {
  let lost = false;
  return (next) => async (request) => {
    const response = await next(request);
    if (request.method.name !== method || lost) return response;
    lost = true;
    throw new ConnectError("the connection is gone", Code.Unavailable);
  };
}

const waits: Script = async (_, step) => step.waitForEvent("go", { type: "go" });

describe("delete", () => {
  it("cuts a running instance off, and its handles find nothing", async () => {
    const world = new World();
    const binding = aBinding(world);
    const instance = await binding.create({ id: "a" });
    const begun = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    await world.serve(async (_, step) => {
      await step.do("work", async ({ signal }) => {
        signal.addEventListener("abort", () => aborted.resolve());
        begun.resolve();
        return new Promise(() => {});
      });
    });
    await begun.promise;
    const ended = instance.waitForEnd().catch((error: unknown) => error);

    await instance.delete();

    await aborted.promise;
    expect(await ended).toEqual(NOT_FOUND);
    const calls = [
      () => instance.status(),
      () => instance.pause(),
      () => instance.resume(),
      () => instance.terminate(),
      () => instance.restart(),
      () => instance.delete(),
      () => instance.sendEvent({ type: "go" }),
      () => instance.subscribe(),
      () => instance.result(),
    ];
    for (const call of calls) await expect(call()).rejects.toEqual(NOT_FOUND);
    await expect(binding.get("a")).rejects.toEqual(new Error("instance.not_found"));
  });

  it("frees the id at once, and nothing of the old instance is in the new one", async () => {
    const world = new World();
    const binding = aBinding(world);
    await world.serve(waits);
    for (let n = 1; n <= 5; n += 1) {
      const instance = await binding.create({ id: "a", params: n });
      await world.until("waitStarted go-1", "a");
      await instance.sendEvent({ type: "other" });
      if (n % 2 === 0) await instance.sendEvent({ type: "go" });
      await instance.delete();
    }
    const last = await binding.create({ id: "a" });
    await world.until("waitStarted go-1", "a");
    await last.sendEvent({ type: "go", payload: "new" });
    expect(await last.result()).toMatchObject({ payload: "new" });
  });

  it("is done when its answer was lost", async () => {
    const binding = aBinding(new World(), losing("DeleteInstance"), losing("DeleteInstances"));
    const instance = await binding.create({ id: "a" });
    await instance.delete();
    await binding.create({ id: "a" });
    expect(await binding.deleteBatch(["a"])).toEqual({ deleted: [{ id: "a" }], errors: [] });
  });

  it("ends a subscription", async () => {
    const world = new World();
    const instance = await aBinding(world).create({ id: "a" });
    const events = await instance.subscribe();
    expect((await events.next()).value).toMatchObject({ type: "workflow_queued" });
    expect((await events.next()).value).toMatchObject({ type: "workflow_started" });
    const next = events.next().catch((error: unknown) => error);
    await instance.delete();
    expect(await next).toEqual(NOT_FOUND);
  });
});

describe("deleteBatch", () => {
  it("tells of each position what became of it", async () => {
    const binding = aBinding(new World());
    for (const id of ["a", "b"]) await binding.create({ id });
    const missing = { id: "missing", code: 10_400, message: "workflows.api.error.instance.not_found" };
    expect(await binding.deleteBatch(["a", "missing", "b", "a", "missing"])).toEqual({
      deleted: [{ id: "a" }, { id: "b" }, { id: "a" }],
      errors: [missing, missing],
    });
    await expect(binding.get("a")).rejects.toThrow("instance.not_found");
  });

  it.each<[string, unknown, string]>([
    ["no list", "a", "(body) Provided argument is invalid"],
    ["an empty list", [], "(body) batchDeleteInstances should have at least 1 instance"],
    [
      "more than 100",
      Array.from({ length: 101 }, (_, n) => `i-${n}`),
      "(body) batchDeleteInstances only supports 100 instances at a time",
    ],
    ["an id that cannot be", ["a", "no.id"], "(instance.invalid_id) Instance ID is invalid"],
    ["no text", ["a", 7], "(instance.invalid_id) Instance ID is invalid"],
  ])("refuses %s, and deletes nothing", async (_, ids, message) => {
    const binding = aBinding(new World());
    await binding.create({ id: "a" });
    await expect(binding.deleteBatch(ids as string[])).rejects.toMatchObject({ name: "WorkflowError", message });
    expect((await binding.get("a")).id).toBe("a");
  });
});

describe("restart from a step", () => {
  const run: Script = async (_, step) => {
    const a = await step.do("a", async () => (calls.a += 1));
    await step.sleep("nap", 1);
    const b = await step.do("b", async () => (calls.b += 1));
    const again = await step.do("b", async () => (calls.b += 1));
    return [a, b, again];
  };
  let calls = { a: 0, b: 0 };

  async function finished(): Promise<WorkflowInstance & { result(): Promise<unknown> }> {
    calls = { a: 0, b: 0 };
    const world = new World();
    await world.serve(run);
    const instance = await aBinding(world).create({ id: "a" });
    expect(await instance.result()).toEqual([1, 1, 2]);
    return instance;
  }

  it.each<[string, NonNullable<WorkflowInstanceRestartOptions["from"]>, readonly number[]]>([
    ["a step", { name: "b" }, [1, 3, 4]],
    ["a later use of its name", { name: "b", count: 2 }, [1, 1, 3]],
    ["a sleep", { name: "nap", type: "sleep" }, [1, 3, 4]],
    ["the first step", { name: "a", count: 1, type: "do" }, [2, 3, 4]],
  ])("at %s answers what came before it from the journal", async (_, from, output) => {
    const instance = await finished();
    await instance.restart({ from });
    expect(await instance.result()).toEqual(output);
  });

  it.each<[unknown]>([
    [{ name: "x" }],
    [{ name: "b", count: 3 }],
    [{ name: "b", count: 0 }],
    [{ name: "b", count: 1.5 }],
    [{ name: "b", type: "sleep" }],
    [{ name: "b", type: "nap" }],
    [{ name: "x".repeat(257) }],
    [{}],
  ])("is refused at %j, and nothing changes", async (from) => {
    const instance = await finished();
    const { name } = from as { name?: string };
    await expect(instance.restart({ from } as WorkflowInstanceRestartOptions)).rejects.toEqual(
      new WorkflowError("instance.cannot_restart", `Step "${name}" not found in execution history`),
    );
    expect(await instance.status()).toMatchObject({ status: "complete", output: [1, 1, 2] });
  });

  it("keeps the timestamp, and shows no result of before", async () => {
    const world = new World();
    const binding = aBinding(world);
    const instance = await binding.create({ id: "a" });
    const worker = await world.serve(async (event, step) => {
      await step.do("a", async () => 1);
      await step.do("b", async () => 2);
      return event.timestamp.getTime();
    });
    const before = await instance.result();
    await worker.stop();
    await instance.restart({ from: { name: "b" } });
    expect(await instance.status()).toMatchObject({ status: "queued", output: null });
    await world.serve(async (event, step) => [await step.do("b", async () => 3), event.timestamp.getTime()]);
    expect(await instance.result()).toEqual([3, before]);
  });
});

describe("an instance that ends its own run", () => {
  /** Counts what is done after the call; the binding is in env and found by get(). */
  async function served(
    end: (own: WorkflowInstance, binding: WorkflowClient) => Promise<unknown>,
    inCallback: boolean,
  ) {
    const world = new World();
    const binding = aBinding(world);
    const runs: string[] = [];
    const script: Script = async function (this: { readonly env: unknown }, event, step) {
      runs.push("run");
      if (runs.length > 1) return "again";
      const work = async (): Promise<void> => {
        const { W } = this.env as { W: WorkflowClient };
        await end(await W.get(event.instanceId), W);
        runs.push("after");
      };
      if (inCallback) await step.do("end", work);
      else await work();
      runs.push("later");
      return "once";
    };
    await world.serve(script, { env: { W: binding } });
    return { world, binding, runs };
  }

  it.each([false, true])("by delete does nothing after it, in a callback: %s", async (inCallback) => {
    const { binding, runs } = await served((own) => own.delete(), inCallback);
    const instance = await binding.create({ id: "a" });
    await expect(instance.waitForEnd()).rejects.toEqual(NOT_FOUND);
    // Its worker is free for the next, and nothing of the first goes on.
    expect(await (await binding.create({ id: "a" })).result()).toBe("again");
    expect(runs).toEqual(["run", "run"]);
  });

  it("by deleteBatch does nothing after it", async () => {
    const { binding, runs } = await served((own, all) => all.deleteBatch(["other", own.id]), false);
    await expect((await binding.create({ id: "a" })).waitForEnd()).rejects.toEqual(NOT_FOUND);
    expect(await (await binding.create({ id: "a" })).result()).toBe("again");
    expect(runs).toEqual(["run", "run"]);
  });

  it.each([false, true])("by restart begins the next run, in a callback: %s", async (inCallback) => {
    const { binding, runs } = await served((own) => own.restart(), inCallback);
    expect(await (await binding.create({ id: "a" })).result()).toBe("again");
    expect(runs).toEqual(["run", "run"]);
  });

  it.each([false, true])("by terminate is terminated, in a callback: %s", async (inCallback) => {
    const { binding, runs } = await served((own) => own.terminate(), inCallback);
    expect(await (await binding.create({ id: "a" })).waitForEnd()).toMatchObject({ status: "terminated" });
    expect(await (await binding.create({ id: "b" })).result()).toBe("again");
    expect(runs).toEqual(["run", "run"]);
  });

  it("goes on when it was another instance that it ended", async () => {
    const world = new World();
    const binding = aBinding(world);
    const far = aBinding(new World());
    await far.create({ id: "a" });
    await binding.create({ id: "b" });
    await world.serve(async (event) => {
      if (event.instanceId === "b") return new Promise(() => {});
      await (await binding.get("b")).delete();
      // The same name at another engine.
      await (await far.get("a")).delete();
      return "went on";
    });
    expect(await (await binding.create({ id: "a" })).result()).toBe("went on");
  });
});
