import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NonRetryableError } from "perdure/errors-non-retryable";
import { WorkflowTimeoutError } from "perdure/errors";
import { decodeFailure, encodeFailure, FAILURE_TEXT_LENGTH_MAX } from "perdure/failure";

class OutOfStock extends Error {
  override name = "OutOfStock";
  code = 42;
  data = { sku: "A-1" };
}
class Unnamed extends TypeError {
  code = 7;
}
class Point {
  x = 1;
  y = (): number => this.x;
}

/** What is thrown, what listings say, and what `catch` in `run` sees. */
const pass = (thrown: unknown) => {
  const failure = encodeFailure(thrown);
  return { failure, listed: { name: failure.name, message: failure.message }, caught: decodeFailure(failure) };
};

describe("an error that was thrown", () => {
  it.each([
    [new Error("m"), Error],
    [new TypeError("m"), TypeError],
    [new RangeError("m"), RangeError],
    [new SyntaxError("m"), SyntaxError],
    [new ReferenceError("m"), ReferenceError],
    [new EvalError("m"), EvalError],
    [new URIError("m"), URIError],
    [new AggregateError([], "m"), AggregateError],
  ])("%s, is caught as the same class with the same stack", (thrown, type) => {
    const { listed, caught } = pass(thrown);

    expect(listed).toEqual({ name: thrown.name, message: "m" });
    expect(caught).toBeInstanceOf(type);
    expect(Object.getPrototypeOf(caught)).toBe(type.prototype);
    expect(caught).toMatchObject({ name: thrown.name, message: "m", stack: thrown.stack });
  });

  it("of an own class is caught as an Error with its name and properties", () => {
    const { listed, caught } = pass(new OutOfStock("none left", { cause: new RangeError("0 of 3") }));

    expect(listed).toEqual({ name: "OutOfStock", message: "none left" });
    expect(Object.getPrototypeOf(caught)).toBe(Error.prototype);
    expect(caught).toMatchObject({ name: "OutOfStock", message: "none left", code: 42, data: { sku: "A-1" } });
    expect((caught as Error).cause).toBeInstanceOf(RangeError);
    expect((caught as Error).cause).toMatchObject({ message: "0 of 3" });
  });

  it("of a class without a name of its own is caught as the built-in class it extends", () => {
    const { listed, caught } = pass(new Unnamed("m"));

    expect(listed).toEqual({ name: "TypeError", message: "m" });
    expect(caught).toBeInstanceOf(TypeError);
    expect(caught).toMatchObject({ code: 7 });
  });

  it("as AggregateError keeps its errors, whatever they are", () => {
    const { caught } = pass(new AggregateError([new RangeError("r"), 5, { a: 1n }], "two of three"));

    expect(caught).toBeInstanceOf(AggregateError);
    expect((caught as AggregateError).errors).toEqual([expect.any(RangeError), 5, { a: 1n }]);
  });

  it("as DOMException keeps class, name and code", () => {
    const { listed, caught } = pass(new DOMException("stopped", "AbortError"));

    expect(listed).toEqual({ name: "AbortError", message: "stopped" });
    expect(caught).toBeInstanceOf(DOMException);
    expect(caught).toMatchObject({ name: "AbortError", message: "stopped", code: 20 });
  });

  it("as NonRetryableError is caught as an Error of that name, or of the name it was given", () => {
    for (const [thrown, name] of [
      [new NonRetryableError("no"), "NonRetryableError"],
      [new NonRetryableError("no", "CardRefused"), "CardRefused"],
    ] as const) {
      const { listed, caught } = pass(thrown);
      expect(listed).toEqual({ name, message: "no" });
      expect(caught).not.toBeInstanceOf(NonRetryableError);
      expect(caught).toMatchObject({ name, message: "no" });
    }
  });

  it("by a time-out says so", () => {
    expect(pass(new WorkflowTimeoutError(50)).listed).toEqual({
      name: "WorkflowTimeoutError",
      message: "Execution timed out after 50ms",
    });
  });

  it("with own properties in rich forms keeps their kinds", () => {
    const own = { at: new Date(0), ids: new Set([1n]), raw: new Uint8Array([1]) };
    expect(pass(Object.assign(new Error("m"), own)).caught).toMatchObject(own);
  });

  it("loses only the properties that cannot be stored", () => {
    const thrown = Object.assign(new Error("m", { cause: Object.assign(new Error("c"), { stop() {}, ok: 1 }) }), {
      retry() {},
      url: new URL("http://localhost/"),
      body: "x".repeat(300_000),
      status: 503,
    });
    Object.defineProperty(thrown, "boom", {
      enumerable: true,
      get() {
        throw new Error("getter");
      },
    });

    const { caught } = pass(thrown);
    expect(Object.keys(caught as object).toSorted()).toEqual(["cause", "status"]);
    expect((caught as Error).cause).toMatchObject({ message: "c", ok: 1 });
  });

  it("may contain itself", () => {
    const thrown: Error & { errors?: unknown } = new Error("m");
    thrown.cause = thrown;
    thrown.errors = [thrown, thrown, new Error("other", { cause: thrown })];

    const { caught } = pass(thrown);
    expect(caught).not.toHaveProperty("cause");
    expect((caught as AggregateError).errors).toEqual([expect.objectContaining({ message: "other" })]);
  });

  it("may have causes without end", () => {
    let thrown = new Error("first");
    for (let n = 0; n < 100_000; n++) thrown = new Error(`m${n}`, { cause: thrown });

    let depth = 0;
    for (let at = pass(thrown).caught as Error | undefined; at !== undefined; at = at.cause as Error | undefined)
      depth++;
    expect(depth).toBeGreaterThan(10);
    expect(depth).toBeLessThan(30);
  });

  it("is stored with a message and a stack of bounded length", () => {
    const { failure } = pass(new Error("é".repeat(3e6)));

    expect(failure.message).toBe(`${"é".repeat(FAILURE_TEXT_LENGTH_MAX - 1)}…`);
    expect(failure.stack).toHaveLength(FAILURE_TEXT_LENGTH_MAX);
  });

  it.each([
    ["an empty name", Object.assign(new Error("m"), { name: "" }), { name: "Error", message: "m" }],
    ["a name that is a number", Object.assign(new Error("m"), { name: 5 }), { name: "5", message: "m" }],
    ["a message that is an object", Object.assign(new Error("m"), { message: {} }), { name: "Error", message: "" }],
    ["half a surrogate pair", new Error("\ud800"), { name: "Error", message: "\ufffd" }],
  ])("with %s is stored as far as it goes", (_, thrown, listed) => {
    expect(pass(thrown).listed).toEqual(listed);
  });

  it("shows its name and message where no stack was stored", () => {
    const { failure } = pass(new OutOfStock("none left"));
    delete failure.stack;
    expect((decodeFailure(failure) as Error).stack).toBe("OutOfStock: none left");
  });

  it("is caught even if its details cannot be read", () => {
    const { failure } = pass(new OutOfStock("none left"));
    failure.details!.content = { case: "cbor", value: new Uint8Array([0xff]) };
    expect(decodeFailure(failure)).toMatchObject({ name: "OutOfStock", message: "none left" });
  });
});

describe("a value that was thrown", () => {
  it.each([
    ["x", "x"],
    ["", ""],
    [undefined, "undefined"],
    [null, "null"],
    [42, "42"],
    [false, "false"],
    [5n, "5"],
    [Symbol("q"), "Symbol(q)"],
  ])("%s, is caught as an Error with its text", (thrown, message) => {
    const { listed, caught } = pass(thrown);

    expect(listed).toEqual({ name: "Error", message });
    expect(Object.getPrototypeOf(caught)).toBe(Error.prototype);
    expect(caught).toMatchObject({ message });
  });

  it.each([
    ["an object", { code: 42 }, "#<Object>", { code: 42 }],
    ["an object with a message", { message: "m", name: "N" }, "#<Object>", { message: "m", name: "N" }],
    ["an array", [1, 2n], "#<Array>", [1, 2n]],
    ["a date", new Date(0), "#<Date>", new Date(0)],
    ["a class instance", new Point(), "#<Point>", { x: 1 }],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), "#<Object>", { a: 1 }],
  ])("as %s is listed by its class and caught as a copy", (_, thrown, message, caught) => {
    expect(pass(thrown).listed).toEqual({ name: "Error", message });
    expect(pass(thrown).caught).toStrictEqual(caught);
  });

  it.each([
    ["a response", new Response("x"), "#<Response>"],
    ["a proxy", new Proxy(new Error("m"), {}), "#<Object>"],
  ])("as %s, of which nothing can be stored, is caught as an Error that names it", (_, thrown, message) => {
    expect(pass(thrown).caught).toMatchObject({ name: "Error", message });
  });

  it("never keeps its failure from being stored", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
        fc.dictionary(fc.string(), fc.anything()),
        fc.boolean(),
        (thrown, own, asError) => {
          const { failure } = pass(asError ? Object.assign(new Error("m"), own, { thrown }) : thrown);
          expect(failure.name).not.toBe("");
        },
      ),
    );
  });
});
