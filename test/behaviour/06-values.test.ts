import { describe, expect, it } from "vitest";
import { loosely, outcomeOf } from "./support/loosely.ts";
import { times, World } from "./support/world.ts";

const ONCE = { retries: { limit: 0, delay: 1 } } as const;

/** What a step's value is to `run`, live and after each replay. */
async function seenOf(value: () => unknown): Promise<readonly unknown[]> {
  const world = await World.open();
  const seen: unknown[] = [];
  await world.run(async (_event, step) => {
    seen.push(await step.do("x", async () => value()));
    await step.sleep("nap", "5 seconds");
  });
  return seen;
}

const view = () => new Uint8Array(new Uint8Array([9, 1, 2, 9]).buffer, 1, 2);

describe("what a step returns", () => {
  it.each<[string, () => unknown]>([
    ["undefined", () => undefined],
    ["null", () => null],
    ["a boolean", () => false],
    ["a text", () => "text \u{1f600}"],
    ["the empty text", () => ""],
    ["a number", () => 1.5],
    ["-0", () => -0],
    ["NaN", () => NaN],
    ["Infinity", () => -Infinity],
    ["a bigint", () => 2n ** 70n],
    ["a Date", () => new Date(0)],
    ["an invalid Date", () => new Date(NaN)],
    ["a RegExp", () => /a.b/giu],
    [
      "a Map",
      () =>
        new Map<unknown, unknown>([
          ["a", 1],
          [{ b: 1 }, new Set([1])],
        ]),
    ],
    ["a Set", () => new Set(["a", new Date(1)])],
    ["a nested object", () => ({ list: [{ when: new Date(0), map: new Map([[1, 2n]]) }] })],
    ["an ArrayBuffer", () => new Uint8Array([1, 2]).buffer],
    ["a DataView", () => new DataView(new Uint8Array([1, 2]).buffer)],
    ["a Uint8Array", () => new Uint8Array([1, 2, 3])],
    ["a Float64Array", () => new Float64Array([1.5, NaN])],
    ["a BigInt64Array", () => new BigInt64Array([1n, -1n])],
    ["a boxed Number", () => Object(5)],
    ["an undefined property", () => ({ a: undefined })],
  ])("reaches run as it is: %s", async (_what, value) => {
    for (const seen of await seenOf(value)) expect(seen).toStrictEqual(value());
  });

  it.each([
    ["the holes of a list", () => Object.assign([1], { 2: 3 }), [1, undefined, 3]],
    ["the bytes outside of a view", view, new Uint8Array([1, 2])],
  ])("does not keep %s", async (_what, value, kept) => {
    for (const seen of await seenOf(value)) expect(seen).toStrictEqual(kept);
    for (const seen of await seenOf(view)) expect((seen as Uint8Array).buffer.byteLength).toBe(2);
  });

  it("may be an error, with class, name and message", async () => {
    for (const seen of await seenOf(() => ({ error: new RangeError("m") }))) {
      const { error } = seen as { error: unknown };
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({ name: "RangeError", message: "m" });
    }
  });

  it("may be headers", async () => {
    for (const seen of await seenOf(() => new Headers({ a: "b" }))) {
      expect([...(seen as Headers)]).toEqual([["a", "b"]]);
    }
  });

  it("is a clone in the live run too, not the callback's own object", async () => {
    const world = await World.open();
    const own = { list: [1] };
    const output = await world.result(async (_event, step) => {
      const got = await step.do("x", async () => own);
      got.list.push(2);
      return [got === own, got.list];
    });

    expect(output).toEqual([false, [1, 2]]);
    expect(own).toEqual({ list: [1] });
  });

  it("may have 1 MiB", async () => {
    const world = await World.open();

    expect(
      await world.result(async (_event, step) => (await step.do("x", async () => new Uint8Array(1_048_576))).length),
    ).toBe(1_048_576);
  });

  it("may not have more than 1 MiB: the step fails, is not retried, and can be caught", async () => {
    const world = await World.open();
    let calls = 0;
    const output = await world.result(async (_event, step) =>
      outcomeOf(() =>
        step.do("x", async () => {
          calls += 1;
          return new Uint8Array(1_048_577);
        }),
      ),
    );

    expect(output).toMatch(/^WorkflowInternalError: .*1048577 bytes.*1048576 bytes/);
    expect(calls).toEqual(times(1));
  });

  it.each<[string, () => unknown]>([
    ["a function", () => () => 1],
    ["an object with a function", () => ({ deep: [{ call: () => 1 }] })],
    ["a Proxy", () => new Proxy({}, {})],
    ["a Response", () => new Response("x")],
  ])("ends the whole instance, uncaught or not, when it is %s", async (_what, value) => {
    const world = await World.open();
    const status = await world.run(async (_event, step) => outcomeOf(() => step.do("x", async () => value())));

    expect(status).toMatchObject({ status: "errored", error: { name: "WorkflowFatalError" } });
    expect(status.error!.message).toMatch(
      /^The execution of the Workflow instance was terminated, as the step "x" returned a value which is not serialisable/,
    );
  });

  it.each<[string, () => unknown]>([
    [
      "an instance of a class",
      () =>
        new (class Point {
          x = 1;
        })(),
    ],
    ["an object without a prototype", () => Object.create(null)],
    ["a URL", () => new URL("http://localhost/")],
    ["a symbol", () => Symbol("s")],
    ["a WeakMap", () => new WeakMap()],
    ["a promise within", () => ({ later: Promise.resolve(1) })],
    ["an object that contains itself", circular],
  ])("fails its attempt with a DataCloneError, is retried and can be caught, when it is %s", async (_what, value) => {
    const world = await World.open();
    let calls = 0;
    const output = await world.result(async (_event, step) =>
      outcomeOf(() =>
        step.do("x", { retries: { limit: 1, delay: 1 } }, async () => {
          calls += 1;
          return value();
        }),
      ),
    );

    expect(output).toMatch(/^DataCloneError: /);
    expect(calls).toBe(2);
  });

  it("may not be the handle of an instance", async () => {
    const world = await World.open();
    await world.serve({
      w: async (_event, step) => outcomeOf(() => loosely(step).do("x", ONCE, () => world.binding("child").create())),
      child: async () => {},
    });
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toMatch(/DataCloneError|WorkflowFatalError/);
  });
});

describe("what run returns", () => {
  it("is the same to result() and workflow_completed", async () => {
    const world = await World.open();
    const output = { when: new Date(0), map: new Map([[1, 2n]]), bytes: new Uint8Array([1]) };
    await world.serve(async () => output);
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toEqual(output);
    expect((await world.events(instance)).at(-1)).toMatchObject({ type: "workflow_completed", output });
  });

  it.each<[unknown, unknown]>([
    [-0, 0],
    [NaN, null],
    [Infinity, null],
    [10n, "[BigInt(10)]"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(NaN), null],
    [/a/, {}],
    [new Map([[1, 2]]), {}],
    [new Set([1]), {}],
    [new Uint8Array(3), "[Uint8Array(3 bytes)]"],
    [new ArrayBuffer(2), "[ArrayBuffer(2 bytes)]"],
    [new DataView(new ArrayBuffer(2)), {}],
    [{ a: undefined, b: [undefined, 1] }, { b: [null, 1] }],
    [Object(5), 5],
    ["text", "text"],
  ])("is JSON in status(): %o is %o", async (value, form) => {
    const world = await World.open();

    expect((await world.run(async () => value)).output).toStrictEqual(form);
  });

  it.each<[string, () => unknown]>([
    ["a function", () => () => 1],
    ["an instance of a class", () => new URL("http://localhost/")],
    ["an object that contains itself", circular],
  ])("errors the instance with a DataCloneError when it is %s", async (_what, value) => {
    const world = await World.open();

    expect(await world.run(async () => value())).toMatchObject({
      status: "errored",
      error: { name: "DataCloneError" },
    });
  });

  it("errors the instance when it has more than 1 MiB", async () => {
    const world = await World.open();

    expect(await world.run(async () => new Uint8Array(1_048_577))).toMatchObject({ status: "errored" });
  });
});

function circular(): object {
  const object: Record<string, unknown> = {};
  object["self"] = object;
  return object;
}

describe('the output of a step that is sensitive: "output"', () => {
  it("is real to run, and shows as [REDACTED] in events", async () => {
    const world = await World.open();
    await world.serve(async (_event, step) => step.do("x", { sensitive: "output" }, async () => "secret"));
    const instance = await world.create();
    await world.end(instance);

    expect(await instance.result()).toBe("secret");
    expect((await world.events(instance)).find(({ type }) => type === "step_completed")).toMatchObject({
      output: "[REDACTED]",
    });
  });
});
