import { describe, expect, it } from "vitest";
import { NonRetryableError } from "../../sdk/typescript/src/index.ts";
import { loosely, outcomeOf } from "./support/loosely.ts";
import { World } from "./support/world.ts";

const ONCE = { retries: { limit: 0, delay: 1 } } as const;

class MyError extends Error {
  override name = "MyErr";
  readonly code = 42;
  readonly data = { at: new Date(0) };
}

/** What `run` catches of a step that throws, live and on each replay. */
async function caughtOf(thrown: () => unknown): Promise<readonly unknown[]> {
  const world = await World.open();
  const caught: unknown[] = [];
  await world.run(async (_event, step) => {
    const callback = async () => {
      throw thrown();
    };
    await step.do("x", ONCE, callback).catch((error: unknown) => caught.push(error));
    await step.sleep("nap", "5 seconds");
  });
  return caught;
}

describe("an error that a callback throws", () => {
  it.each([
    ["TypeError", () => new TypeError("m"), TypeError],
    ["RangeError", () => new RangeError("m"), RangeError],
    ["SyntaxError", () => new SyntaxError("m"), SyntaxError],
    ["AggregateError", () => new AggregateError([new Error("a")], "m"), AggregateError],
  ])("is a %s again in run, live and after a replay", async (name, thrown, ofClass) => {
    for (const caught of await caughtOf(thrown)) {
      expect(caught).toBeInstanceOf(ofClass);
      expect(caught).toMatchObject({ name, message: "m" });
    }
  });

  it("keeps the errors of an AggregateError", async () => {
    for (const caught of await caughtOf(() => new AggregateError([new TypeError("a")], "m"))) {
      expect((caught as AggregateError).errors[0]).toBeInstanceOf(TypeError);
    }
  });

  it("is a DOMException again, with its name", async () => {
    for (const caught of await caughtOf(() => new DOMException("gone", "AbortError"))) {
      expect(caught).toBeInstanceOf(DOMException);
      expect(caught).toMatchObject({ name: "AbortError", message: "gone" });
    }
  });

  it("of a class of one's own is an Error with its name, its own properties and its cause", async () => {
    for (const caught of await caughtOf(() => new MyError("m", { cause: new TypeError("because") }))) {
      expect(caught).toBeInstanceOf(Error);
      expect(caught).not.toBeInstanceOf(MyError);
      expect(caught).toMatchObject({ name: "MyErr", message: "m", code: 42, data: { at: new Date(0) } });
      expect((caught as Error).cause).toBeInstanceOf(TypeError);
    }
  });

  it("that is a NonRetryableError keeps name and message and is not of the class", async () => {
    for (const caught of await caughtOf(() => new NonRetryableError("m"))) {
      expect(caught).not.toBeInstanceOf(NonRetryableError);
      expect(caught).toMatchObject({ name: "NonRetryableError", message: "m" });
    }
  });

  it.each([
    ["a text", "x", "x"],
    ["undefined", undefined, "undefined"],
    ["a number", 7, "7"],
  ])("and is no error but %s is an Error with its text", async (_what, thrown, message) => {
    for (const caught of await caughtOf(() => thrown)) {
      expect(caught).toBeInstanceOf(Error);
      expect(caught).toMatchObject({ name: "Error", message });
    }
  });

  it("is seen as often as run is executed past it", async () => {
    expect((await caughtOf(() => new Error("m"))).length).toBeGreaterThanOrEqual(1);
  });
});

describe("status().error of an instance", () => {
  it.each([
    ["a TypeError", () => new TypeError("m"), { name: "TypeError", message: "m" }],
    ["an error of a class of one's own", () => new MyError("m"), { name: "MyErr", message: "m" }],
    ["a text", () => "x", { name: "Error", message: "x" }],
    ["undefined", () => undefined, { name: "Error", message: "undefined" }],
    ["an object", () => ({ a: 1 }), { name: "Error", message: "#<Object>" }],
    ["a NonRetryableError", () => new NonRetryableError("m"), { name: "NonRetryableError", message: "m" }],
    ["a DOMException", () => new DOMException("gone", "AbortError"), { name: "AbortError", message: "gone" }],
  ])("whose run throws %s has its name and message only", async (_what, thrown, error) => {
    const world = await World.open();
    const status = await world.run(async () => {
      throw thrown();
    });

    expect(status).toMatchObject({ status: "errored", output: null });
    expect(status.error).toEqual(error);
  });

  it.each([
    ["a TypeError", () => new TypeError("m"), { name: "TypeError", message: "m" }],
    ["an error of a class of one's own", () => new MyError("m"), { name: "MyErr", message: "m" }],
    ["a text", () => "x", { name: "Error", message: "x" }],
    ["a NonRetryableError", () => new NonRetryableError("m"), { name: "NonRetryableError", message: "m" }],
  ])("one of whose steps throws %s, uncaught, has the same", async (_what, thrown, error) => {
    const world = await World.open();
    const status = await world.run(async (_event, step) =>
      step.do("x", ONCE, async () => {
        throw thrown();
      }),
    );

    expect(status.error).toEqual(error);
  });

  it("has the name WorkflowTimeoutError after a step's timeout", async () => {
    const world = await World.open();
    const { error } = await world.run(async (_event, step) =>
      step.do("x", { ...ONCE, timeout: 30 }, () => new Promise(() => {})),
    );

    expect(error).toEqual({ name: "WorkflowTimeoutError", message: "Execution timed out after 30ms" });
  });

  it("is not there unless the instance is errored", async () => {
    const world = await World.open();

    expect(await world.run(async () => 1)).not.toHaveProperty("error");
  });
});

describe("the error of a refused call", () => {
  it("is a WorkflowFatalError for bad arguments of a step", async () => {
    const world = await World.open();

    expect(await world.result(async (_event, step) => outcomeOf(() => loosely(step).do("x")))).toMatch(
      /^WorkflowFatalError: /,
    );
  });

  it("is a WorkflowError with a code in its message for an instance that is not there", async () => {
    const world = await World.open();
    const instance = await world.create({ retention: { successRetention: 1_000 } });
    await world.serve(async () => {});
    await world.end(instance);
    world.pass(3_600_000);
    await world.gone(instance);

    expect(await outcomeOf(() => instance.status())).toBe(
      "WorkflowError: (instance.not_found) Instance does not exist",
    );
  });

  it("of get() is a plain Error", async () => {
    const world = await World.open();

    expect(await outcomeOf(() => world.binding().get("nobody"))).toBe("Error: instance.not_found");
  });

  it("names the id that is taken", async () => {
    const world = await World.open();
    await world.create({ id: "a" });

    expect(await outcomeOf(() => world.create({ id: "a" }))).toBe(
      'WorkflowError: (instance.already_exists) Workflow instance with id "a" already exists',
    );
  });

  it("says that a finished instance cannot be terminated", async () => {
    const world = await World.open();
    await world.serve(async () => {});
    const instance = await world.create();
    await world.end(instance);

    expect(await outcomeOf(() => instance.terminate())).toBe(
      "WorkflowError: (instance.cannot_terminate) Cannot terminate instance since its on a finite state",
    );
  });

  it("says that an id is none", async () => {
    const world = await World.open();

    expect(await outcomeOf(() => world.create({ id: "a b" }))).toBe("WorkflowError: Workflow instance has invalid id");
  });
});
