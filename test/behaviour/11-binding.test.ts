import { describe, expect, it } from "vitest";
import { outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

const DAY_MS = 86_400_000;
const DURATION =
  /^WorkflowError: \(body\) Duration must be a number or a string in format '\{\{number\}\} \{\{unit\}\}'/;

/** Calls a method with whatever it is given, as JavaScript can. */
type Loose = Record<"create" | "createBatch", (options?: unknown) => Promise<unknown>>;
const loose = (world: World): Loose => world.binding() as unknown as Loose;

/** n options with ids of their own. */
const options = (count: number): { id: string }[] => Array.from({ length: count }, (_, index) => ({ id: `i${index}` }));

describe("create", () => {
  it("answers when the instance is recorded, without waiting for run", async () => {
    const world = await World.open();
    const instance = await world.create({ id: "order-7" });

    expect(instance.id).toBe("order-7");
    expect(await instance.status()).toMatchObject({ status: "queued" });
  });

  it("makes a UUID of version 4 where no id is given", async () => {
    const world = await World.open();

    expect((await world.create()).id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each(["a", "A_1-b", "_x", "9", "x".repeat(100)])("takes the id %j", async (id) => {
    const world = await World.open();

    expect((await world.create({ id })).id).toBe(id);
  });

  it("tells ids apart by case", async () => {
    const world = await World.open();
    await world.create({ id: "a" });

    expect((await world.create({ id: "A" })).id).toBe("A");
  });

  it.each(["", "-x", "a.b", "a b", "é", "x".repeat(101), null, 7])("refuses the id %j", async (id) => {
    const world = await World.open();

    expect(await outcomeOf(() => loose(world).create({ id }))).toBe("WorkflowError: Workflow instance has invalid id");
  });

  it.each(["queued", "waiting", "complete"])("refuses an id of an instance that is %s", async (status) => {
    const world = await World.open();
    const instance = await world.create({ id: "a" });
    if (status === "waiting") await world.serve(async (_event, step) => step.sleep("nap", "1 day"));
    if (status === "complete") await world.serve(async () => {});
    await world.reaches(instance, status as "queued");

    expect(await outcomeOf(() => world.create({ id: "a" }))).toBe(
      'WorkflowError: (instance.already_exists) Workflow instance with id "a" already exists',
    );
  });

  it("takes the same id for another workflow", async () => {
    const world = await World.open();
    await world.create({ id: "a" });

    expect((await world.binding("other").create({ id: "a" })).id).toBe("a");
  });

  it("lets an id be used anew when its instance's time of keeping is over", async () => {
    const world = await World.open();
    await world.serve(async (event) => event.payload as unknown);
    const first = await world.create({ id: "a", params: 1, retention: { successRetention: "1 hour" } });
    await world.end(first);
    world.pass(2 * 3_600_000);
    await world.gone(first);
    const second = await world.create({ id: "a", params: 2 });
    await world.end(second);

    expect(await second.result()).toBe(2);
  });

  it.each([0, -1, 1.5, "soon", "-1 day", NaN, null])("refuses the retention %j", async (successRetention) => {
    const world = await World.open();

    expect(await outcomeOf(() => loose(world).create({ retention: { successRetention } }))).toMatch(DURATION);
    expect(await outcomeOf(() => loose(world).create({ retention: { errorRetention: successRetention } }))).toMatch(
      DURATION,
    );
  });
});

describe("retention", () => {
  it.each([
    ["complete", "successRetention"],
    ["terminated", "successRetention"],
    ["errored", "errorRetention"],
  ] as const)("of an instance that is %s is its %s, not less", async (status, key) => {
    const world = await World.open();
    await world.serve(async (event, step) => {
      if (event.payload === "errored") throw new Error("as asked");
      if (event.payload === "terminated") await step.sleep("nap", "1 day");
    });
    const other = key === "successRetention" ? "errorRetention" : "successRetention";
    const instance = await world.create({ params: status, retention: { [key]: "2 hours", [other]: 1 } });
    if (status === "terminated") await instance.terminate();
    await instance.waitForEnd();
    world.pass(2 * 3_600_000 - 1);
    expect(await instance.status()).toMatchObject({ status });
    world.pass(3_600_000);
    await world.gone(instance);

    await expect(world.binding().get(instance.id)).rejects.toThrow("instance.not_found");
  });

  it("is seven days where nobody says otherwise", async () => {
    const world = await World.open();
    await world.serve(async () => {});
    const instance = await world.create();
    await instance.waitForEnd();
    world.pass(7 * DAY_MS - 1);
    expect(await instance.status()).toMatchObject({ status: "complete" });
    world.pass(3_600_000);

    await world.gone(instance);
  });
});

describe("createBatch", () => {
  it("makes so many as count says, alike, with ids of their own", async () => {
    const world = await World.open();
    await world.serve(async (event) => event.payload as unknown);
    const { created, errors } = await world.binding().createBatch({ count: 3, params: "same" });

    expect(errors).toEqual([]);
    expect(new Set(created.map(({ id }) => id)).size).toBe(3);
    for (const { id } of created) expect(await (await world.binding().get(id)).result()).toBe("same");
  });

  it("makes the instances given, in their order", async () => {
    const world = await World.open();
    const { created, errors } = await world.binding().createBatch({ instances: [{ id: "b" }, {}, { id: "a" }] });

    expect(created.map(({ id }) => id)).toEqual(["b", expect.any(String), "a"]);
    expect(errors).toEqual([]);
  });

  it("tells one by one which exist and which are repeated, and makes the others", async () => {
    const world = await World.open();
    await world.create({ id: "b" });
    const instances = [{ id: "a" }, { id: "b" }, { id: "a" }, { id: "c" }];
    const { created, errors } = await world.binding().createBatch({ instances });

    expect(created.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(errors).toMatchObject([
      { index: 1, id: "b", code: 10_405 },
      { index: 2, id: "a", code: 10_415 },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["count 0", { count: 0 }, "(body) count must be a positive integer"],
    ["count 1.5", { count: 1.5 }, "(body) count must be a positive integer"],
    ["count as text", { count: "3" }, "(body) count must be a positive integer"],
    ["count 101", { count: 101 }, "(body) batchCreate only supports 100 instances at a time"],
    ["no instances", { instances: [] }, "(body) Batch size exceeds maximum allowed"],
    ["101 instances", { instances: options(101) }, "(body) Batch size exceeds maximum allowed"],
    ["neither", {}, "(body) Provided argument is invalid"],
    ["both", { count: 1, instances: [{}] }, "(body) Provided argument is invalid"],
    ["an empty list", [], "batchCreate should have at least 1 instance"],
    ["a list of 101", options(101), "batchCreate only supports 100 instances at a time"],
  ])("refuses %s", async (_what, batch, message) => {
    const world = await World.open();

    expect(await outcomeOf(() => loose(world).createBatch(batch))).toBe(`WorkflowError: ${message}`);
  });

  it.each([
    ["instances", { instances: [{ id: "a" }, { id: "b c" }] }],
    ["a list", [{ id: "a" }, { id: "b c" }]],
  ])("with an invalid entry makes none of %s", async (_what, batch) => {
    const world = await World.open();

    expect(await outcomeOf(() => loose(world).createBatch(batch))).toMatch(/^WorkflowError/);
    await expect(world.binding().get("a")).rejects.toThrow("instance.not_found");
  });

  it("of 100 makes them all", async () => {
    const world = await World.open();

    expect((await world.binding().createBatch({ instances: options(100) })).created).toHaveLength(100);
  });

  it("of a list leaves existing and repeated ids out silently", async () => {
    const world = await World.open();
    await world.create({ id: "b" });
    const created = await world.binding().createBatch([{ id: "a" }, { id: "b" }, { id: "a" }, { id: "c" }]);

    expect(created.map(({ id }) => id)).toEqual(["a", "c"]);
  });
});

describe("get", () => {
  it("gives a handle on an instance that is known", async () => {
    const world = await World.open();
    await world.create({ id: "a" });

    expect((await world.binding().get("a")).id).toBe("a");
  });

  it.each(["nobody", "no id", ""])("throws a plain Error for %j", async (id) => {
    const world = await World.open();

    expect(await outcomeOf(() => world.binding().get(id))).toBe("Error: instance.not_found");
  });
});

describe("status", () => {
  it("has status, output and rollback, the latter two null before the end, and no error", async () => {
    const world = await World.open();

    expect(await (await world.create()).status()).toEqual({ status: "queued", output: null, rollback: null });
  });

  it("has the output when the instance is complete", async () => {
    const world = await World.open();

    expect(await world.run(async () => ({ n: 1 }))).toEqual({ status: "complete", output: { n: 1 }, rollback: null });
  });

  it("has the error when it is errored", async () => {
    const world = await World.open();
    const status = await world.run(async () => {
      throw new RangeError("r");
    });

    expect(status).toEqual({
      status: "errored",
      error: { name: "RangeError", message: "r" },
      output: null,
      rollback: null,
    });
  });
});
