import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import type { Env } from "../src/recorder.ts";
import { described } from "./described.ts";

class MyErr extends Error {
  override readonly name = "MyErr";
  readonly code = 42;
  readonly data = { list: [1] };
}

class Unnamed extends Error {}

/** What can be thrown. */
const THROWN: Readonly<Record<string, () => unknown>> = {
  error: () => new Error("plain"),
  emptyError: () => new Error(""),
  typeError: () => new TypeError("wrong type"),
  rangeError: () => new RangeError("out of range"),
  syntaxError: () => new SyntaxError("bad syntax"),
  referenceError: () => new ReferenceError("no such name"),
  ownClass: () => new MyErr("own class", { cause: new TypeError("the cause") }),
  unnamedClass: () => new Unnamed("own class without a name"),
  aggregateError: () => new AggregateError([new TypeError("one"), new Error("two")], "several"),
  domException: () => new DOMException("stopped", "AbortError"),
  string: () => "a text",
  undefined: () => undefined,
  null: () => null,
  number: () => 7,
  object: () => ({ code: 1 }),
  nonRetryable: () => new NonRetryableError("never again"),
  emptyNonRetryable: () => new NonRetryableError(""),
  namedNonRetryable: () => new NonRetryableError("never again", "PaymentRefused"),
  nameOfNonRetryable: () => Object.assign(new Error("by its name"), { name: "NonRetryableError" }),
  messageOfNonRetryable: () => new Error("NonRetryableError: by its message"),
};

interface Params {
  readonly thrown: string;
}

/** Two attempts, the second of which tells whether the first was final. */
const RETRIES = { retries: { limit: 1, delay: 1 } } as const;

export class CatchesFromStep extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    try {
      await step.do("thrower", RETRIES, async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        throw THROWN[event.payload.thrown]!();
      });
      return "nothing thrown";
    } catch (error) {
      return described(error);
    }
  }
}

export class ThrowsFromStep extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    await step.do("thrower", RETRIES, async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      throw THROWN[event.payload.thrown]!();
    });
  }
}

export class ThrowsFromRun extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    await step.do("before", (ctx) => this.env.RECORDER.attempt(ctx));
    throw THROWN[event.payload.thrown]!();
  }
}

export class RethrowsAfterReplay extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    let caught = "nothing";
    try {
      await step.do("thrower", RETRIES, async (ctx) => {
        await this.env.RECORDER.attempt(ctx);
        throw THROWN[event.payload.thrown]!();
      });
    } catch (error) {
      caught = described(error);
    }
    await step.do("waiting", () => this.env.RECORDER.record("waiting"));
    await step.waitForEvent("resumed", { type: "go" });
    return caught;
  }
}

/** The class as JavaScript sees it: one that can be extended without a `run`. */
const Untyped = WorkflowEntrypoint as unknown as new (ctx: never, env: never) => object;

export class WithoutRun extends Untyped {}

export class RunIsProperty extends Untyped {
  readonly run = () => Promise.resolve("never called");
}
