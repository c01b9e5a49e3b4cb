import { describe, expect, it } from "vitest";
import { RpcTarget } from "perdure/cloudflare/workers";
import { WorkflowFatalError } from "perdure/errors";
import { encodeValue } from "perdure/values/encode";
import { NotSerialisableError } from "perdure/values/errors";

class Order {
  id = 1;
}
class Counter extends RpcTarget {}

const circular: { self?: unknown } = {};
circular.self = { list: [circular] };

const throughMap = new Map<unknown, unknown>();
throughMap.set("me", throughMap);

const detached = new ArrayBuffer(2);
structuredClone(detached, { transfer: [detached] });

const nested = (levels: number): unknown => (levels === 0 ? -0 : [nested(levels - 1)]);

describe("a value that only makes sense where it is", () => {
  it.each([
    ["a function", { items: [0, 1, 2, { callback() {} }] }, "output.items[3].callback", "a function (callback)"],
    ["a nameless function", () => 1, "output", "a function"],
    ["a class", { Order }, "output.Order", "a function (Order)"],
    ["an RpcTarget", [new Counter()], "output[0]", "an RpcTarget (Counter), which only makes sense where it is"],
    ["a proxy", new Map([["k", new Proxy({}, {})]]), 'output.get("k")', "a Proxy"],
    ["a proxy of an array", new Proxy([], {}), "output", "a Proxy"],
    ["a proxy of a function", { "a b": new Proxy(() => 1, {}) }, 'output["a b"]', "a Proxy"],
    ["a response", { r: new Response("x") }, "output.r", /^a Response: return what you need/],
    ["a stream", new ReadableStream(), "output", /^a ReadableStream within a value/],
    ["a nested stream", new Set([{ s: new ReadableStream() }]), "output.values()[0].s", /^a ReadableStream/],
    ["a function in an error", Object.assign(new Error("x"), { retry() {} }), "output.retry", "a function (retry)"],
  ])("%s, ends the instance, and the message says where it is", (_, value, path, what) => {
    const thrown = thrownBy(() => encodeValue(value, { step: "load" }));

    expect(thrown).toBeInstanceOf(NotSerialisableError);
    expect(thrown).toBeInstanceOf(WorkflowFatalError);
    expect(thrown).toMatchObject({ name: "WorkflowFatalError", path });
    const start = `The execution of the Workflow instance was terminated, as the step "load" returned a value which is not serialisable: ${path} is `;
    expect((thrown as Error).message.slice(0, start.length)).toBe(start);
    expect((thrown as Error).message.slice(start.length)).toMatch(what);
  });

  it("is named without a step where there is none", () => {
    expect(thrownBy(() => encodeValue({ f() {} }, { root: "params" }))).toMatchObject({
      message: "params.f is not serialisable: it is a function (f)",
    });
  });
});

describe("a value that structured cloning refuses", () => {
  it.each([
    ["a class instance", { order: new Order() }, "output.order", "an instance of Order: return its data"],
    ["an object without prototype", Object.create(null), "output", "an object without prototype"],
    ["a URL", [new URL("http://localhost/")], "output[0]", "a URL: return its text"],
    ["a symbol", { s: Symbol("s") }, "output.s", "a symbol"],
    ["a boxed symbol", Object(Symbol("s")), "output", "an instance of Symbol"],
    ["a WeakMap", new WeakMap(), "output", "a WeakMap"],
    ["a WeakRef", new WeakRef({}), "output", "a WeakRef"],
    ["a promise", { user: Promise.resolve(1) }, "output.user", "a promise: is an `await` missing?"],
    ["a blob", new Blob(["x"]), "output", "a Blob: return its bytes"],
    ["a request", new Request("http://localhost/"), "output", "a Request"],
    ["shared memory", new SharedArrayBuffer(1), "output", "a SharedArrayBuffer"],
    ["detached memory", { detached }, "output.detached", "a detached ArrayBuffer"],
    ["a circle", circular, "output.self.list[0]", "part of itself: a circular value"],
    ["a circle through a map", throughMap, 'output.get("me")', "part of itself"],
    ["a map key", new Map([[new Order(), 1]]), "output.keys()[0]", "an instance of Order"],
    [
      "a map value under a key that is no text",
      new Map([[{}, new Order()]]),
      "output.values()[0]",
      "an instance of Order",
    ],
    ["a map value under a number", new Map([[7, new Order()]]), "output.get(7)", "an instance of Order"],
    ["an own property of an error", new Error("x", { cause: new Order() }), "output.cause", "an instance of Order"],
    ["too deep", nested(1001), "output[0][0][0][0][0][0][0][0] … [0]", "nested more than 1000 levels deep"],
  ])("%s, is a DataCloneError that says where it is", (_, value, path, what) => {
    const thrown = thrownBy(() => encodeValue(value, { step: "load" }));

    expect(thrown).toBeInstanceOf(DOMException);
    expect(thrown).toMatchObject({ name: "DataCloneError" });
    expect((thrown as Error).message).toContain(path);
    expect((thrown as Error).message).toContain(`of step "load" could not be cloned: it is ${what}`);
  });

  it("is not one for being nested a thousand levels deep", () => {
    expect(encodeValue(nested(1000)).content.case).toBe("cbor");
    expect(encodeValue(JSON.parse("[".repeat(1000) + "]".repeat(1000))).content.case).toBe("json");
  });

  it("is named by a path of bounded length", () => {
    const value = { ["k".repeat(10_000)]: new Order() };
    expect((thrownBy(() => encodeValue(value)) as Error).message.length).toBeLessThan(250);
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
