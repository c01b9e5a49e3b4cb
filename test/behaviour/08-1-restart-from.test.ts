import { describe, expect, it } from "vitest";
import type { WorkflowInstanceRestartOptions } from "../../sdk/typescript/src/workflow-binding.ts";
import { outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

type From = WorkflowInstanceRestartOptions["from"];

/** A finished instance of steps a, loop ×3, a sleep, a wait and a last step; each call is noted. */
async function finished(world: World) {
  const calls: string[] = [];
  await world.serve(async (_event, step) => {
    const note = (name: string) => step.do(name, async ({ step: { count } }) => void calls.push(`${name}-${count}`));
    await note("a");
    for (let round = 0; round < 3; round += 1) await note("loop");
    await step.sleep("nap", 5_000);
    const { payload } = await step.waitForEvent("w", { type: "go" });
    await note("last");
    return payload as unknown;
  });
  const instance = await world.create();
  await instance.sendEvent({ type: "go", payload: "first" });
  await world.end(instance);
  calls.length = 0;
  return { instance, calls };
}

/** What is called again after a restart. */
async function calledAgain(from: From) {
  const world = await World.open();
  const { instance, calls } = await finished(world);
  await instance.restart({ ...(from && { from }) });
  await instance.sendEvent({ type: "go", payload: "second" });
  await world.end(instance);
  return { instance, calls: [...new Set(calls)] };
}

describe("restart from a step", () => {
  it("runs that step and all that started after it again; what started earlier answers from the journal", async () => {
    const { instance, calls } = await calledAgain({ name: "loop", count: 2 });

    expect(calls).toEqual(["loop-2", "loop-3", "last-1"]);
    expect(await instance.result()).toBe("second");
  });

  it("takes the first use of the name where no count is given", async () => {
    expect((await calledAgain({ name: "loop" })).calls).toEqual(["loop-1", "loop-2", "loop-3", "last-1"]);
  });

  it("may begin at a sleep or a wait", async () => {
    expect((await calledAgain({ name: "nap", type: "sleep" })).calls).toEqual(["last-1"]);
    expect((await calledAgain({ name: "w", type: "waitForEvent" })).calls).toEqual(["last-1"]);
  });

  it("drops events that came before: a wait that is run again needs a new one", async () => {
    const world = await World.open();
    const { instance } = await finished(world);
    await instance.restart({ from: { name: "w", type: "waitForEvent" } });
    await world.reaches(instance, "waiting");
    await instance.sendEvent({ type: "go", payload: "new" });
    await world.end(instance);

    expect(await instance.result()).toBe("new");
  });

  it.each<[From, string]>([
    [{ name: "nobody" }, "nobody"],
    [{ name: "loop", count: 4 }, "loop"],
    [{ name: "loop", count: 0 }, "loop"],
    [{ name: "loop-2" }, "loop-2"],
    [{ name: "a", type: "sleep" }, "a"],
    [{} as { name: string }, "undefined"],
  ])("of %j is refused, and nothing changes", async (from, name) => {
    const world = await World.open();
    const { instance } = await finished(world);
    const refused = await outcomeOf(() => instance.restart({ from: from! }));

    expect(refused).toBe(`WorkflowError: (instance.cannot_restart) Step "${name}" not found in execution history`);
    expect(await instance.status()).toMatchObject({ status: "complete", output: "first" });
  });

  it("wipes parallel steps that started later, and keeps those that started earlier", async () => {
    const world = await World.open();
    const calls: string[] = [];
    await world.serve(async (_event, step) =>
      Promise.all(["a", "b", "c"].map((name) => step.do(name, async () => void calls.push(name)))),
    );
    const instance = await world.create();
    await world.end(instance);
    calls.length = 0;
    await instance.restart({ from: { name: "b" } });
    await world.end(instance);

    expect([...new Set(calls)].toSorted()).toEqual(["b", "c"]);
  });

  it("works on an instance that runs", async () => {
    const world = await World.open();
    const calls: string[] = [];
    await world.serve(async (_event, step) => {
      for (const name of ["a", "b"]) await step.do(name, async () => void calls.push(name));
      await step.sleep("nap", "1 hour");
    });
    const instance = await world.create();
    await world.reaches(instance, "waiting");
    calls.length = 0;
    await instance.restart({ from: { name: "b" } });

    expect(await world.end(instance)).toMatchObject({ status: "complete" });
    expect([...new Set(calls)]).toEqual(["b"]);
  });

  it("goes on with the history: what was queued and started stays, and event ids go on", async () => {
    const world = await World.open();
    const { instance } = await finished(world);
    const before = await world.events(instance);
    await instance.restart({ from: { name: "last" } });
    await world.end(instance);
    const after = await world.events(instance);

    expect(after.slice(0, 2).map(({ type }) => type)).toEqual(["workflow_queued", "workflow_started"]);
    expect(after.at(-1)!.eventId).toBeGreaterThan(before.at(-1)!.eventId);
  });
});

describe("delete", () => {
  it.each(["queued", "waiting", "paused", "complete"] as const)("removes an instance that is %s", async (status) => {
    const world = await World.open();
    const instance = await world.create();
    if (status === "complete") await world.serve(async () => {});
    if (status === "waiting") await world.serve(async (_event, step) => step.sleep("nap", "1 hour"));
    if (status === "paused") await instance.pause();
    await world.reaches(instance, status);

    await instance.delete();
    await expect(world.binding().get(instance.id)).rejects.toThrow("instance.not_found");
    expect(await outcomeOf(() => instance.status())).toBe(
      "WorkflowError: (instance.not_found) Instance does not exist",
    );
  });

  it("frees the id, and the second delete is refused", async () => {
    const world = await World.open();
    const instance = await world.create({ id: "a" });
    await instance.delete();
    expect(await outcomeOf(() => instance.delete())).toBe(
      "WorkflowError: (instance.not_found) Instance does not exist",
    );

    expect((await world.create({ id: "a" })).id).toBe("a");
  });

  it("undoes nothing, and code after a delete of oneself never runs", async () => {
    const world = await World.open();
    const seen: string[] = [];
    await world.serve(async (event, step) => {
      await step.do("a", async () => {}, { rollback: async () => void seen.push("undone") });
      await (await world.binding().get(event.instanceId)).delete();
      seen.push("after");
      await step.do("b", async () => void seen.push("b"));
    });
    const instance = await world.create();
    await world.gone(instance);
    await world.serve(async () => "another");
    await world.end(await world.create());

    expect(seen).not.toContain("undone");
    expect(seen).not.toContain("b");
  });
});

describe("deleteBatch", () => {
  it("tells of each id whether it is deleted or was not there", async () => {
    const world = await World.open();
    await world.binding().createBatch({ instances: [{ id: "a" }, { id: "b" }] });
    const { deleted, errors } = await world.binding().deleteBatch(["b", "nobody", "a"]);

    expect(deleted).toEqual([{ id: "b" }, { id: "a" }]);
    expect(errors).toEqual([{ id: "nobody", code: 10_400, message: "workflows.api.error.instance.not_found" }]);
  });

  it("reports a repeated id at each place", async () => {
    const world = await World.open();
    await world.create({ id: "a" });

    expect((await world.binding().deleteBatch(["a", "a"])).deleted).toEqual([{ id: "a" }, { id: "a" }]);
  });

  it.each<[string, unknown, string]>([
    ["no list", "a", "(body) Provided argument is invalid"],
    ["an empty list", [], "(body) batchDeleteInstances should have at least 1 instance"],
    ["101 ids", Array.from({ length: 101 }, (_, n) => `i${n}`), "only supports 100 instances at a time"],
  ])("refuses %s", async (_what, ids, message) => {
    const world = await World.open();

    expect(await outcomeOf(() => world.binding().deleteBatch(ids as string[]))).toContain(message);
  });

  it("with an invalid id deletes none", async () => {
    const world = await World.open();
    const instance = await world.create({ id: "a" });

    expect(await outcomeOf(() => world.binding().deleteBatch(["a", "b c é"]))).toMatch(/^WorkflowError/);
    expect(await instance.status()).toMatchObject({ status: "queued" });
  });
});
