import { describe, expect, it } from "vitest";
import { World } from "./support/world.ts";

describe("what a step returns", () => {
  it("reaches run as a copy, of the same kinds", async () => {
    const world = new World();
    const own = { when: new Date(5), sizes: new Map([["small", 12n]]), missing: undefined };
    await world.serve(async (_event, step) => {
      const got = await step.do("make", async () => own);
      const same = (got as unknown) === own;
      got.sizes.set("large", 99n);
      return { same, got, own };
    });

    expect(await world.run()).toEqual({
      status: "complete",
      output: {
        same: false,
        got: {
          when: new Date(5),
          sizes: new Map([
            ["small", 12n],
            ["large", 99n],
          ]),
          missing: undefined,
        },
        own: { when: new Date(5), sizes: new Map([["small", 12n]]), missing: undefined },
      },
    });
  });

  it("ends the instance when it holds a function, though run would catch it", async () => {
    const world = new World();
    let caught = false;
    await world.serve(async (_event, step) => {
      try {
        return await step.do("make", async () => ({ items: [{ callback: () => 1 }] }));
      } catch {
        caught = true;
        return "caught";
      }
    });

    expect(await world.run()).toEqual({
      status: "errored",
      error: {
        name: "WorkflowFatalError",
        message: expect.stringMatching(
          /^The execution of the Workflow instance was terminated, as the step "make" returned a value which is not serialisable.*output\.items\[0\]\.callback/,
        ),
      },
    });
    expect(caught).toBe(false);
  });

  it("is an error of the attempt when it cannot be cloned: it is retried, and run can catch it", async () => {
    const world = new World();
    let calls = 0;
    await world.serve(async (_event, step) => {
      const config = { retries: { limit: 1, delay: 1 } } as const;
      try {
        return await step.do("make", config, async () => {
          calls += 1;
          return { site: new URL("http://localhost/") };
        });
      } catch (error) {
        return (error as Error).name;
      }
    });

    expect(await world.run()).toEqual({ status: "complete", output: "DataCloneError" });
    expect(calls).toBe(2);
  });

  it("is refused for good above 1 MiB, with both sizes in the message", async () => {
    const world = new World();
    let calls = 0;
    await world.serve(async (_event, step) =>
      step.do("make", async () => {
        calls += 1;
        return "x".repeat(1_048_577);
      }),
    );

    expect(await world.run()).toMatchObject({
      status: "errored",
      error: { name: "WorkflowInternalError", message: expect.stringMatching(/1048579 bytes.*1048576 bytes/) },
    });
    expect(calls).toBe(1);
  });
});

describe("what run returns", () => {
  it("is undefined when it returns nothing", async () => {
    const world = new World();
    await world.serve(async () => {});

    expect(await world.run()).toEqual({ status: "complete", output: undefined });
  });

  it.each([
    ["a class instance", () => new URL("http://localhost/")],
    ["a function", () => () => 1],
  ])("errors the instance with a DataCloneError when it is %s", async (_what, make) => {
    const world = new World();
    await world.serve(async () => make());

    expect(await world.run()).toMatchObject({ status: "errored", error: { name: "DataCloneError" } });
  });
});

describe("what run throws", () => {
  it.each([
    ["an error", () => new RangeError("r"), { name: "RangeError", message: "r" }],
    ["a string", () => "x", { name: "Error", message: "x" }],
    ["an object", () => ({ a: 1 }), { name: "Error", message: "#<Object>" }],
  ])("is what the instance fails with: %s", async (_what, make, error) => {
    const world = new World();
    await world.serve(async () => {
      throw make();
    });

    expect(await world.run()).toEqual({ status: "errored", error });
  });
});
