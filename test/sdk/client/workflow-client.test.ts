import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { NonRetryableError } from "../../../sdk/typescript/src/errors-non-retryable.ts";
import { WorkflowError } from "../../../sdk/typescript/src/errors.ts";
import { SILENT } from "../worker/support/memory-engine.ts";
import { World } from "../worker/support/world.ts";
import { serve } from "../../../sdk/typescript/src/worker.ts";
import { workflow } from "../worker/support/world.ts";

function aClient(world: World, ...interceptors: Interceptor[]) {
  return createClient({ engine: world.engine.transport(...interceptors) });
}

/** Loses the answers of the first calls of a method; the engine has done what they asked for. */
function losesAnswers(method: string, count: number): Interceptor {
  let left = count;
  return (next) => async (request) => {
    const response = await next(request);
    if (request.method.name === method && left-- > 0) throw new ConnectError("gone", Code.Unavailable);
    return response;
  };
}

describe("create", () => {
  it("records an instance with the id, params and retention that were given", async () => {
    const world = new World();
    const binding = aClient(world).workflow("w");
    const retention = { successRetention: "2 days", errorRetention: 5_000 } as const;
    const instance = await binding.create({ id: "a", params: { at: new Date(1) }, retention });

    expect(instance.id).toBe("a");
    expect(await instance.status()).toEqual({ status: "queued", output: null, rollback: null });
    await world.serve(async (event) => event.payload);
    expect(await instance.result()).toEqual({ at: new Date(1) });
    const { endTime, purgeTime } = await world.engine.get("a");
    expect(timestampMs(purgeTime!) - timestampMs(endTime!)).toBe(2 * 86_400_000);
  });

  it("makes a UUID when no id is given, and params are {} when none are", async () => {
    const world = new World();
    await world.serve(async (event) => event.payload);
    const instance = await aClient(world).workflow("w").create();

    expect(instance.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await instance.result()).toEqual({});
  });

  it("refuses an id that is taken", async () => {
    const binding = aClient(new World()).workflow("w");
    await binding.create({ id: "a" });

    await expect(binding.create({ id: "a" })).rejects.toEqual(
      new WorkflowError("instance.already_exists", 'Workflow instance with id "a" already exists'),
    );
  });

  it("succeeds when it was the same call whose answer was lost", async () => {
    const world = new World();
    const binding = aClient(world, losesAnswers("CreateInstance", 2)).workflow("w");

    expect((await binding.create({ id: "a" })).id).toBe("a");
    expect(await world.status("a")).toBe("queued");
  });

  it.each(["", "-x", "a.b", "a b", "é", "x".repeat(101), null, 7])("refuses the id %j", async (id) => {
    const binding = aClient(new World()).workflow("w");

    await expect(binding.create({ id: id as string })).rejects.toMatchObject({
      name: "WorkflowError",
      message: "Workflow instance has invalid id",
    });
  });

  it.each([0, -1, 1.5, "soon"])("refuses the retention %j", async (successRetention) => {
    const binding = aClient(new World()).workflow("w");
    const retention = { successRetention: successRetention as number };

    await expect(binding.create({ retention })).rejects.toThrow(
      /^\(body\) Duration must be a number or a string in format/,
    );
  });

  it("refuses params that cannot be stored, with the path to what is wrong", async () => {
    const binding = aClient(new World()).workflow("w");

    await expect(binding.create({ params: { site: new URL("http://localhost") } })).rejects.toThrow(/params\.site/);
  });
});

describe("createBatch", () => {
  it("creates what it can in the order given, and tells of each that exists or is repeated", async () => {
    const world = new World();
    const binding = aClient(world).workflow("w");
    await binding.create({ id: "b" });
    const { created, errors } = await binding.createBatch({
      instances: [{ id: "a" }, { id: "b" }, { id: "a" }, { id: "c" }],
    });

    expect(created.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(errors).toEqual([
      { index: 1, id: "b", code: 10_405, message: "workflows.api.error.instance.already_exists" },
      { index: 2, id: "a", code: 10_415, message: "workflows.api.error.instance.duplicate" },
    ]);
  });

  it("creates so many alike", async () => {
    const world = new World();
    await world.serve(async (event) => event.payload);
    const client = aClient(world);
    const { created, errors } = await client.workflow("w").createBatch({ count: 3, params: { n: 1 } });

    expect([created.length, errors]).toEqual([3, []]);
    expect(
      await client
        .workflow("w")
        .get(created[2]!.id)
        .then((instance) => instance.result()),
    ).toEqual({ n: 1 });
  });

  it("leaves out what exists when given a list", async () => {
    const binding = aClient(new World()).workflow("w");
    await binding.create({ id: "a" });

    expect((await binding.createBatch([{ id: "a" }, { id: "b" }, { id: "b" }])).map(({ id }) => id)).toEqual(["b"]);
  });

  it("takes more than one request's worth of params", async () => {
    const world = new World();
    const binding = aClient(world).workflow("w");
    const instances = Array.from({ length: 20 }, (_, i) => ({ id: `i${i}`, params: "x".repeat(1_000_000) }));

    expect((await binding.createBatch({ instances })).created).toHaveLength(20);
  });

  it.each([
    [{ count: 0 }, "(body) count must be a positive integer"],
    [{ count: 1.5 }, "(body) count must be a positive integer"],
    [{ count: 101 }, "(body) batchCreate only supports 100 instances at a time"],
    [{ instances: [] }, "(body) Batch size exceeds maximum allowed"],
    [{ instances: Array.from({ length: 101 }, () => ({})) }, "(body) Batch size exceeds maximum allowed"],
    [{}, "(body) Provided argument is invalid"],
    [{ count: 1, instances: [{}] }, "(body) Provided argument is invalid"],
    [[], "batchCreate should have at least 1 instance"],
    [Array.from({ length: 101 }, () => ({})), "batchCreate only supports 100 instances at a time"],
  ])("refuses %j", async (given, message) => {
    const binding = aClient(new World()).workflow("w");

    await expect(binding.createBatch(given as never)).rejects.toMatchObject({ name: "WorkflowError", message });
  });

  it("makes nothing when one id is invalid", async () => {
    const world = new World();
    const binding = aClient(world).workflow("w");
    await expect(binding.createBatch({ instances: [{ id: "a" }, { id: "b c" }] })).rejects.toThrow("invalid id");

    await expect(binding.get("a")).rejects.toThrow("instance.not_found");
  });
});

describe("get", () => {
  it.each(["missing", "not an id"])("of an unknown id, %j, throws a plain error", async (id) => {
    const failure = aClient(new World()).workflow("w").get(id);

    await expect(failure).rejects.toMatchObject({ name: "Error", message: "instance.not_found" });
  });
});

describe("an instance", () => {
  it("shows the JSON form of its output, and its error", async () => {
    const world = new World();
    await world.serve(async (event) => {
      if (event.payload.fail === true) throw new RangeError("out of range");
      return { at: new Date(0), tags: new Set(["a"]) };
    });
    const binding = aClient(world).workflow("w");
    const good = await binding.create();
    const bad = await binding.create({ params: { fail: true } });

    expect(await good.waitForEnd()).toEqual({
      status: "complete",
      output: { at: "1970-01-01T00:00:00.000Z", tags: {} },
      rollback: null,
    });
    expect(await good.result()).toEqual({ at: new Date(0), tags: new Set(["a"]) });
    expect(await bad.waitForEnd()).toEqual({
      status: "errored",
      error: { name: "RangeError", message: "out of range" },
      output: null,
      rollback: null,
    });
    await expect(bad.result()).rejects.toEqual(new RangeError("out of range"));
  });

  it("is terminated with a rollback, running until its steps are undone", async () => {
    const world = new World();
    const undoing = Promise.withResolvers<void>();
    const undone = Promise.withResolvers<void>();
    await world.serve(async (event, step) => {
      await step.do("first", async () => 1, {
        rollback: async () => {
          undoing.resolve();
          await undone.promise;
          if (event.payload === "bad") throw new NonRetryableError("it is gone", "Gone");
        },
      });
      await step.sleep("nap", "1 day");
    });
    const binding = aClient(world, losesAnswers("TerminateInstance", 1)).workflow("w");
    const [good, bad] = [await binding.create({ id: "i" }), await binding.create({ id: "j", params: "bad" })];
    await Promise.all([world.until("parked"), world.until("parked", "j")]);
    await good.terminate({ rollback: true });
    await undoing.promise;
    expect(await good.status()).toEqual({ status: "running", output: null, rollback: null });
    await bad.terminate({ rollback: true });
    undone.resolve();

    const terminated = { status: "terminated", output: null };
    expect(await good.waitForEnd()).toEqual({ ...terminated, rollback: { outcome: "complete", error: null } });
    const error = { name: "Gone", message: "it is gone" };
    expect(await bad.waitForEnd()).toEqual({ ...terminated, rollback: { outcome: "failed", error } });
  });

  it("does not show sensitive outputs, which run gets as they are, on a replay too", async () => {
    const world = new World();
    const seen: unknown[] = [];
    const handled: unknown[] = [];
    await world.serve(
      async (_event, step) => {
        const secret = await step.do(
          "secret",
          { sensitive: "output" },
          async (ctx) => ["s3cret", ctx.config.sensitive],
          {
            rollback: ({ output }) => void handled.push(output),
          },
        );
        seen.push(secret);
        await step.sleep("nap", 1);
        throw new Error("no");
      },
      { cacheSize: 0 },
    );
    const instance = await aClient(world).workflow("w").create({ id: "i" });
    await instance.waitForEnd();
    const events = [];
    for await (const event of await instance.subscribe()) events.push(event);

    expect(seen).toEqual([
      ["s3cret", "output"],
      ["s3cret", "output"],
    ]);
    expect(handled).toEqual([["s3cret", "output"]]);
    expect(events.find(({ type }) => type === "step_completed")).toMatchObject({ output: "[REDACTED]" });
    expect(events.find(({ type }) => type === "step_started")).toMatchObject({ config: { sensitive: "output" } });
    const journal = JSON.stringify(await world.engine.journal("i"), (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    expect(journal).toContain("[REDACTED]");
    expect(journal).not.toContain("s3cret");
  });

  it("is paused, resumed, sent an event, restarted and terminated", async () => {
    const world = new World();
    await world.serve(async (_event, step) => (await step.waitForEvent("go", { type: "go" })).payload as unknown);
    const instance = await aClient(world).workflow("w").create({ id: "i" });
    await world.until("parked");
    await instance.pause();
    expect(await instance.status()).toEqual({ status: "paused", output: null, rollback: null });
    await instance.resume();
    await instance.sendEvent({ type: "go", payload: new Map([[1, 2]]) });
    expect(await instance.result()).toEqual(new Map([[1, 2]]));
    await instance.restart();
    await world.until("parked");
    expect(await instance.status()).toEqual({ status: "waiting", output: null, rollback: null });
    await instance.terminate();

    expect(await instance.waitForEnd()).toEqual({ status: "terminated", output: null, rollback: null });
    await expect(instance.result()).rejects.toMatchObject({ code: "instance.terminated" });
    await expect(instance.terminate()).rejects.toThrow(
      "(instance.cannot_terminate) Cannot terminate instance since its on a finite state",
    );
    await expect(instance.sendEvent({ type: "go" })).rejects.toMatchObject({ code: "instance.cannot_send_event" });
  });

  it("takes an event once though the answer was lost", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      const first = await step.waitForEvent("first", { type: "go" });
      const second = await step.waitForEvent("second", { type: "go" });
      return [first.payload, second.payload] as unknown;
    });
    const instance = await aClient(world, losesAnswers("SendEvent", 1)).workflow("w").create();
    await instance.sendEvent({ type: "go", payload: 1 });
    await instance.sendEvent({ type: "go", payload: 2 });

    expect(await instance.result()).toEqual([1, 2]);
  });

  it("is terminated though the answer was lost", async () => {
    const world = new World();
    const instance = await aClient(world, losesAnswers("TerminateInstance", 1)).workflow("w").create();

    await expect(instance.terminate()).resolves.toBeUndefined();
  });

  it("of which nothing is known any more throws instance.not_found", async () => {
    const world = new World();
    const calls = aClient(world);
    const gone = await calls.workflow("w").create({ id: "a", retention: { successRetention: "1 second" } });
    await world.serve(async () => 1);
    await gone.waitForEnd();
    world.engine.clock.pass(86_400_000);
    while (
      await world.engine.get("a").then(
        () => true,
        () => false,
      )
    )
      await new Promise(setImmediate);

    await expect(gone.status()).rejects.toEqual(new WorkflowError("instance.not_found", "Instance does not exist"));
  });

  it.each(["", "a.b", undefined])("refuses an event of the type %j", async (type) => {
    const instance = await aClient(new World()).workflow("w").create();

    await expect(instance.sendEvent({ type: type as string })).rejects.toThrow(/^\(workflow\.invalid_event_type\)/);
  });
});

describe("a client", () => {
  it("can be a binding in the env of another workflow", async () => {
    const world = new World();
    await world.serve(async (event) => `hello ${event.payload.name as string}`);
    const env = { GREET: aClient(world).workflow<{ name: string }, string>("w") };
    const parent = workflow(async function (this: { env: unknown }, _event, step) {
      const { GREET } = this.env as typeof env;
      const id = await step.do("start", async () => (await GREET.create({ params: { name: "Ada" } })).id);
      return step.do("wait", async () => (await GREET.get(id)).result());
    });
    const worker = serve({ engine: world.engine.transport(), workflows: { parent }, env, log: SILENT, graceMs: 0 });
    onTestFinished(() => worker.stop());
    const instance = await aClient(world).workflow("parent").create();

    expect(await instance.result()).toBe("hello Ada");
  });

  it("keeps namespaces apart", async () => {
    const world = new World();
    const engine = world.engine.transport();
    const [red, blue] = [createClient({ engine, namespace: "red" }), createClient({ engine, namespace: "blue" })];
    await red.workflow("w").create({ id: "a" });

    await expect(blue.workflow("w").get("a")).rejects.toThrow("instance.not_found");
    expect((await red.workflow("w").get("a")).id).toBe("a");
  });

  it("refuses a text that is no workflow name, or no address", () => {
    expect(() => aClient(new World()).workflow("a b")).toThrow(TypeError);
    expect(() => createClient({ engine: "localhost:7070" })).toThrow(/http or https URL/);
  });
});
