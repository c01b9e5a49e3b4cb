import { RpcTarget, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";
import { loosely } from "./loose.ts";

class Point {
  readonly x = 1;
}

class NamedError extends Error {
  override readonly name = "NamedError";
  readonly code = 42;
}

/** What a step may return. */
const PLAIN: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  string: () => "grüße \u{1f30a}",
  emptyString: () => "",
  loneSurrogate: () => "a\ud800b",
  number: () => 1.5,
  minusZero: () => -0,
  notANumber: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  maxSafe: () => Number.MAX_SAFE_INTEGER,
  bigint: () => 12345678901234567890n,
  smallBigint: () => -1n,
  date: () => new Date(86_400_000),
  invalidDate: () => new Date(Number.NaN),
  regExp: () => /a+b/giu,
  array: () => [1, [2, []], {}],
  object: () => ({ a: { b: [null] }, "a b": 1, "": 2 }),
  undefinedField: () => ({ a: undefined, b: 1 }),
  // oxlint-disable-next-line no-sparse-arrays -- the hole is what is tried
  sparse: () => [1, , 3],
  undefinedInArray: () => [undefined],
  map: () => new Map<unknown, unknown>([["a", 1], [{ k: 1 }, new Set([2])]]), // prettier-ignore
  set: () => new Set(["a", 1, null]),
  nested: () => ({ when: new Date(0), lookup: new Map([[1, [new Date(1)]]]) }),
  uint8Array: () => new Uint8Array([0, 128, 255]),
  emptyUint8Array: () => new Uint8Array(),
  float64Array: () => new Float64Array([1.5]),
  bigInt64Array: () => new BigInt64Array([-1n]),
  arrayBuffer: () => new Uint8Array([7, 8]).buffer,
  bytesInObject: () => ({ bytes: new Uint8Array([1]) }),
  boxedNumber: () => Object(5) as unknown,
  sharedReference: () => {
    const shared = { n: 1 };
    return { left: shared, right: shared };
  },
};

const ERRORS: Readonly<Record<string, () => unknown>> = {
  error: () => new Error("plain"),
  typeError: () => new TypeError("wrong type"),
  rangeError: () => new RangeError("out of range", { cause: "why" }),
};

/** What the local engine keeps in another way, live or after a replay. */
const ODD: Readonly<Record<string, () => unknown>> = {
  partOfBuffer: () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  dataView: () => new DataView(new Uint8Array([1, 2, 3]).buffer, 1),
  protoKey: () => JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as unknown,
  namedError: () => new NamedError("own class"),
};

/** Has each kind made by a step of its own and says what came back. */
async function seenOf(kinds: Readonly<Record<string, () => unknown>>, step: WorkflowStep) {
  const seen: Record<string, string> = {};
  for (const [kind, make] of Object.entries(kinds)) {
    seen[kind] = described(await loosely(step).do(kind, make));
  }
  return seen;
}

export class ReturnsEachKind extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await seenOf(PLAIN, step);
  }
}

export class ReturnsErrors extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await seenOf(ERRORS, step);
  }
}

export class ReturnsOddKinds extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    return await seenOf(ODD, step);
  }
}

export class ReplaysEachKind extends WorkflowEntrypoint<Env, { readonly odd: boolean }> {
  override async run(event: WorkflowEvent<{ readonly odd: boolean }>, step: WorkflowStep) {
    const seen = await seenOf(event.payload.odd ? ODD : { ...PLAIN, ...ERRORS }, step);
    await step.do("waiting", () => this.env.RECORDER.record("waiting"));
    await step.waitForEvent("resumed", { type: "go" });
    return seen;
  }
}

export class OutputsEachKind extends WorkflowEntrypoint {
  override run() {
    return Promise.resolve(Object.fromEntries(Object.entries(PLAIN).map(([kind, make]) => [kind, make()])));
  }
}

const REFUSED: Readonly<Record<string, () => unknown>> = {
  function: () => () => 1,
  functionInside: () => ({ items: [{ callback: () => 1 }] }),
  rpcTarget: () => new (class extends RpcTarget {})(),
  proxy: () => new Proxy({ a: 1 }, {}),
  response: () => new Response("body"),
  classInstance: () => new Point(),
  nullPrototype: () => Object.assign(Object.create(null) as object, { a: 1 }),
  url: () => new URL("https://example.org/"),
  symbol: () => Symbol("s"),
  symbolInside: () => ({ a: Symbol("s") }),
  weakMap: () => new WeakMap(),
  promiseInside: () => ({ later: Promise.resolve(1) }),
  circular: () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    return circle;
  },
};

interface Refusal {
  readonly kind: string;
}

/** Returns what cannot be kept, and catches what comes of it: the name only, since the texts are the engines' own. */
export class CatchesRefusal extends WorkflowEntrypoint<Env, Refusal> {
  override async run(event: WorkflowEvent<Refusal>, step: WorkflowStep) {
    const retries = { limit: 1, delay: 1 };
    try {
      await loosely(step).do("refused", { retries }, async (ctx: Parameters<Env["RECORDER"]["attempt"]>[0]) => {
        await this.env.RECORDER.attempt(ctx);
        return REFUSED[event.payload.kind]!();
      });
    } catch (error) {
      return { caught: error instanceof Error ? error.name : String(error) };
    }
    return { caught: null };
  }
}

export class OutputsRefused extends WorkflowEntrypoint<Env, Refusal> {
  override run(event: Readonly<WorkflowEvent<Refusal>>) {
    return Promise.resolve(REFUSED[event.payload.kind]!());
  }
}
