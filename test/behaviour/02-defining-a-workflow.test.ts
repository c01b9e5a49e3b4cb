import { describe, expect, it } from "vitest";
import { serve } from "../../sdk/typescript/src/worker.ts";
import {
  type WorkflowClass,
  WorkflowEntrypoint,
  type WorkflowEvent,
  type WorkflowStep,
} from "../../sdk/typescript/src/index.ts";
import { times, World } from "./support/world.ts";

describe("run", () => {
  it("is executed from its first line when it is needed again, and finished steps answer from the journal", async () => {
    const world = await World.open();
    const passes: number[] = [];
    const calls: string[] = [];
    const output = await world.result(async (_event, step) => {
      const pass = passes.push(passes.length + 1);
      const first = await step.do("first", async () => {
        calls.push("first");
        return pass;
      });
      await step.sleep("nap", "5 seconds");
      const second = await step.do("second", async () => {
        calls.push("second");
        return pass;
      });
      return { first, second };
    });

    const { first, second } = output as { first: number; second: number };
    expect(first).toBe(1);
    expect(second).toBeGreaterThanOrEqual(1);
    expect(calls.filter((name) => name === "first")).toHaveLength(1);
    expect([...new Set(calls)]).toEqual(["first", "second"]);
  });

  it("meets new code without complaint: steps that it adds run, those that it dropped are ignored", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => {
      await step.do("kept", async () => "of the old code");
      await step.do("dropped", async () => "nobody asks for it");
      await step.sleep("nap", "5 seconds");
    });
    const instance = await world.create();
    await world.until(instance, "workflow_waiting");
    await world.serve(async (_event, step) => {
      const kept = await step.do("kept", async () => "of the new code");
      const added = await step.do("added", async () => "new");
      await step.sleep("nap", "5 seconds");
      return [kept, added];
    });
    // Without this, only a time that passes would bring it to the new code.
    await instance.pause();
    await instance.resume();

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: ["of the old code", "new"] });
  });

  it("is of the newest code for instances that are started later", async () => {
    const world = await World.open();
    await world.serve(async () => "old");
    const before = await world.create();
    await world.end(before);
    await world.serve(async () => "new");
    const after = await world.create();

    expect([await before.result(), await after.result()]).toEqual(["old", "new"]);
  });

  it("may be without any step", async () => {
    const world = await World.open();

    expect(await world.run(async () => 42)).toMatchObject({ status: "complete", output: 42 });
  });

  it("that returns nothing gives the output null", async () => {
    const world = await World.open();

    expect(await world.run(async () => {})).toMatchObject({ status: "complete", output: null });
  });

  it("finds what the worker was given as this.env, and a context", async () => {
    class Greets extends WorkflowEntrypoint<{ readonly name: string }> {
      override async run() {
        return [this.env.name, typeof this.ctx.waitUntil];
      }
    }
    const world = await World.open();
    await world.serve(Greets, { name: "Ada" });

    expect(await (await world.create()).result()).toEqual(["Ada", "function"]);
  });

  it.each([
    ["a property with an arrow function", arrowWorkflow()],
    [
      "left out",
      class Empty extends (WorkflowEntrypoint as unknown as new () => object) {} as unknown as WorkflowClass,
    ],
  ])("that is %s errors the instance", async (_what, Workflow) => {
    const world = await World.open();

    expect(await world.run(Workflow)).toMatchObject({
      status: "errored",
      error: { name: "TypeError", message: 'The RPC receiver does not implement the method "run".' },
    });
  });

  it("can use in its callbacks whatever is in reach", async () => {
    const world = await World.open();
    const outside = new Map([["key", () => "value"]]);

    expect(await world.result(async (_event, step) => step.do("look", () => outside.get("key")!()))).toBe("value");
  });
});

describe("the event", () => {
  it("has the params, the instance's id, the workflow's name and the time of its creation as keys, and no other", async () => {
    const world = await World.open();
    const created = world.now;
    const output = await world.result(
      async (event) => ({
        keys: Object.keys(event).toSorted(),
        payload: event.payload as unknown,
        at: event.timestamp,
        names: [event.instanceId, event.workflowName],
      }),
      { id: "order-7", params: { sku: "A-1" } },
    );

    expect(output).toEqual({
      keys: ["instanceId", "payload", "timestamp", "workflowName"],
      payload: { sku: "A-1" },
      at: new Date(created),
      names: ["order-7", "w"],
    });
  });

  it("is not frozen, and is delivered afresh to each pass", async () => {
    const world = await World.open();
    const seen: number[] = [];
    const output = await world.result(
      async (event, step) => {
        seen.push((event.payload as { n: number }).n);
        (event.payload as { n: number }).n += 1;
        const changed = (event.payload as { n: number }).n;
        await step.sleep("nap", "5 seconds");
        return [Object.isFrozen(event), Object.isFrozen(event.payload), changed];
      },
      { params: { n: 1 } },
    );

    expect(output).toEqual([false, false, 2]);
    expect(new Set(seen)).toEqual(new Set([1]));
  });

  it("keeps the time of creation through replays and restarts", async () => {
    const world = await World.open();
    await world.serve(async (event, step) => {
      const before = event.timestamp.getTime();
      await step.sleep("nap", "2 days");
      return [before, event.timestamp.getTime()];
    });
    const created = world.now;
    const instance = await world.create();
    await world.end(instance);
    expect(await instance.result()).toEqual([created, created]);
    world.pass(1_000);
    await instance.restart();
    await world.end(instance);

    expect(await instance.result()).toEqual([created, created]);
  });

  it("has no schedule when no schedule made the instance", async () => {
    const world = await World.open();

    expect(await world.result(async (event) => event.schedule)).toBeUndefined();
  });

  it("has its payload under the name params too", async () => {
    const world = await World.open();

    expect(await world.result(async (event) => event.params as unknown, { params: { imageKey: "a" } })).toEqual({
      imageKey: "a",
    });
  });
});

describe("params", () => {
  it.each([
    ["left out", {}, {}],
    ["undefined", { params: undefined }, {}],
    ["null", { params: null }, null],
    ["a text", { params: "text" }, "text"],
    ["a number", { params: 7 }, 7],
    ["a Date", { params: new Date(0) }, new Date(0)],
    ["a Map", { params: new Map([[1, { a: 2n }]]) }, new Map([[1, { a: 2n }]])],
    ["bytes", { params: { bytes: new Uint8Array([1, 2]) } }, { bytes: new Uint8Array([1, 2]) }],
  ])("that are %s reach run as they are, the first two as {}", async (_what, options, payload) => {
    const world = await World.open();

    expect(await world.result(async (event) => event.payload as unknown, options)).toEqual(payload);
  });

  it("over 1 MiB are refused", async () => {
    const world = await World.open();

    await expect(world.create({ params: "x".repeat(1_048_577) })).rejects.toThrow(/1048576|1 MiB/);
  });
});

describe("a workflow's name", () => {
  const names = ["a", "A_1-b", "_x", "9", "x".repeat(64)];
  const badNames = ["", "-x", "a.b", "a b", "é", "x".repeat(65)];

  it.each(names)("may be %j", async (name) => {
    const world = await World.open();
    await world.serve({ [name]: async (event) => event.workflowName });
    const instance = await world.binding(name).create();

    expect(await instance.result()).toBe(name);
  });

  it.each(badNames)("may not be %j", async (name) => {
    const world = await World.open();

    expect(() => world.binding(name)).toThrow(TypeError);
    expect(() => serve({ engine: "http://127.0.0.1:1", workflows: { [name]: arrowWorkflow() } })).toThrow(TypeError);
  });
});

describe("the example of the overview page", () => {
  interface Env {
    readonly BUCKET: {
      get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
      put(key: string, data: ArrayBuffer): Promise<void>;
    };
    readonly AI: { run(model: string, input: object): Promise<{ description: string }> };
  }

  class ImageProcessingWorkflow extends WorkflowEntrypoint<Env> {
    override async run(event: WorkflowEvent, step: WorkflowStep) {
      const key = event.params.imageKey as string;
      const imageData = await step.do("fetch image", async () => {
        const object = await this.env.BUCKET.get(key);
        return object!.arrayBuffer();
      });
      const description = await step.do("generate description", async () => {
        const image = [...new Uint8Array(imageData)];
        return this.env.AI.run("a-model", { image, prompt: "Describe this image", max_tokens: 50 });
      });
      await step.waitForEvent("await approval", { event: "approved", timeout: "24 hours" });
      await step.do("publish", async () => this.env.BUCKET.put(`public/${key}`, imageData));
      return description;
    }
  }

  it("runs as it is written there, with its two synonyms", async () => {
    const world = await World.open();
    const published = new Map<string, ArrayBuffer>();
    const asked: unknown[] = [];
    const bytes = new Uint8Array([1, 2, 3]).buffer;
    const env: Env = {
      BUCKET: {
        get: async () => ({ arrayBuffer: async () => bytes }),
        put: async (key, data) => void published.set(key, data),
      },
      AI: {
        run: async (...args) => {
          asked.push(args);
          return { description: "a lake" };
        },
      },
    };
    await world.serve(ImageProcessingWorkflow, env);
    const instance = await world.create({ params: { imageKey: "lake.png" } });
    await world.until(instance, "wait_started", "await approval-1");
    await instance.sendEvent({ type: "approved" });

    expect(await world.end(instance)).toMatchObject({ status: "complete", output: { description: "a lake" } });
    expect(published).toEqual(new Map([["public/lake.png", bytes]]));
    expect(asked[0]).toEqual(["a-model", { image: [1, 2, 3], prompt: "Describe this image", max_tokens: 50 }]);
    expect(asked.length).toEqual(times(1));
  });
});

/** Its `run` is a property of each object, so the class has none. */
function arrowWorkflow(): WorkflowClass {
  class Arrow extends (WorkflowEntrypoint as unknown as new (ctx: unknown, env: unknown) => object) {
    readonly run = async () => "never called";
  }
  return Arrow;
}
