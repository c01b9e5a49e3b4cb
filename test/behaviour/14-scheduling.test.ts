import { describe, expect, it } from "vitest";
import type { WorkflowInstanceStatus } from "../../sdk/typescript/src/workflow-binding.ts";
import type { InstanceHandle } from "../../sdk/typescript/src/client.ts";
import { Gate } from "./support/gate.ts";
import { World } from "./support/world.ts";

const HOUR_MS = 3_600_000;
const CRON = "0 * * * *";

/** The instances of "w" that there are, oldest first. */
async function instancesOf(world: World): Promise<readonly InstanceHandle[]> {
  const listed = await Array.fromAsync(world.client.instances.list({ workflow: "w" }));
  const ids = listed.map(({ ref }) => ref!.instanceId).toReversed();
  return Promise.all(ids.map((id) => world.binding().get(id)));
}

describe("a schedule", () => {
  it("makes one instance for each of its times, which is told of it", async () => {
    const world = await World.open();
    await world.serve(async (event) => [event.schedule, event.payload as unknown]);
    await world.client.workflows.put("w", { schedules: [CRON] });
    const first = (Math.floor(world.now / HOUR_MS) + 1) * HOUR_MS;
    for (const due of [first, first + HOUR_MS]) {
      world.pass(due - world.now);
      await expect.poll(() => instancesOf(world)).toHaveLength((due - first) / HOUR_MS + 1);
    }
    const [one, two] = await instancesOf(world);

    expect(one!.id).toBe(`${CRON}-${first}`);
    expect(await one!.result()).toEqual([{ cron: CRON, scheduledTime: first }, {}]);
    expect(await two!.result()).toEqual([{ cron: CRON, scheduledTime: first + HOUR_MS }, {}]);
  });
});

describe("a concurrency limit", () => {
  it("lets more instances queue, which start as others finish, oldest first", async () => {
    const world = await World.open();
    await world.client.workflows.put("w", { concurrencyLimit: 1 });
    const gates = new Map(["a", "b"].map((id) => [id, new Gate()]));
    const begun: string[] = [];
    await world.serve(async (event, step) =>
      step.do("x", async () => {
        begun.push(event.instanceId);
        await gates.get(event.instanceId)!.pass();
      }),
    );
    const a = await world.create({ id: "a" });
    await gates.get("a")!.reached;
    const b = await world.create({ id: "b" });
    expect(await b.status()).toMatchObject({ status: "queued" });
    gates.get("a")!.open();
    await world.end(a);
    await gates.get("b")!.reached;
    gates.get("b")!.open();

    expect(await world.end(b)).toMatchObject({ status: "complete" });
    expect([...new Set(begun)]).toEqual(["a", "b"]);
  });

  it("does not count instances that wait: they give their place back", async () => {
    const world = await World.open();
    await world.client.workflows.put("w", { concurrencyLimit: 1 });
    await world.serve(async (event, step) => {
      if (event.instanceId === "sleeper") await step.sleep("nap", "1 hour");
      return event.instanceId;
    });
    const sleeper = await world.create({ id: "sleeper" });
    await world.reaches(sleeper, "waiting");
    const other = await world.create({ id: "other" });

    expect(await other.waitForEnd()).toMatchObject({ status: "complete", output: "other" });
    expect(await world.end(sleeper)).toMatchObject({ status: "complete", output: "sleeper" });
  });
});

describe("a workflow's retention", () => {
  it.each<[WorkflowInstanceStatus, "successRetention" | "errorRetention"]>([
    ["complete", "successRetention"],
    ["errored", "errorRetention"],
  ])("holds for instances that are %s and do not say so themselves", async (status, key) => {
    const world = await World.open();
    await world.client.workflows.put("w", { [key]: "1 hour" });
    await world.serve(async () => {
      if (status === "errored") throw new Error("as asked");
    });
    const [short, long] = [await world.create(), await world.create({ retention: { [key]: "2 days" } })];
    for (const instance of [short, long]) await world.end(instance);
    world.pass(2 * HOUR_MS);
    await world.gone(short);

    expect(await long.status()).toMatchObject({ status });
  });
});
