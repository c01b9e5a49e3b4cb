/**
 * A random workflow as data: the class in `workflows/generated.ts` interprets `body` in every engine, and `scriptOf` derives
 * from it what is done to the instance from outside. JSON throughout.
 */
export interface Program {
  /** What it was made from; the same seed makes the same program. */
  readonly seed: number;
  readonly body: readonly Act[];
  /** What `run` returns beside the record of its acts. */
  readonly returns: ValueKind;
  /** Commands to the finished instance, one after another. */
  readonly afterwards: readonly ("pause" | "resume" | "terminate" | "restart")[];
}

/**
 * What is done at a moment that is the same in every engine: while a callback is held, or a sleep, a wait or a delay
 * before a retry is known to have begun. `passes` leaves it alone; `unpauses` takes the pause back before it takes effect.
 */
export type Interruption = "passes" | "pauses" | "unpauses" | "resumes" | "terminates" | "restarts";

export type Act = Do | Nest | Fan | Sleep | Wait | Together | Try | Loop | Throw | Return;

export interface Do {
  readonly act: "do";
  readonly name: string;
  readonly returns: ValueKind;
  /** The callback is no async function: it returns or throws at once. Such a callback tells nobody that it runs. */
  readonly sync?: true;
  /** What attempt 1, 2, … throw; the next one returns. */
  readonly fails?: readonly FailureKind[];
  /** No attempt ever answers. */
  readonly hangs?: true;
  /** Of an attempt, in ms. */
  readonly timeout?: number;
  readonly retries?: Retries;
  /** Its first attempt waits for the outside, which does this meanwhile. */
  readonly held?: Interruption;
  /** What happens while it waits for its second attempt. */
  readonly backingOff?: Interruption;
}

export interface Retries {
  readonly limit: number;
  /** In ms, or a duration in words. */
  readonly delay: number | `${number} second`;
  readonly backoff?: "constant" | "linear" | "exponential";
}

/** A step whose callback does another step. It never fails: whether the inner one is then another depends on replays. */
export interface Nest {
  readonly act: "nest";
  readonly name: string;
  readonly inner: string;
}

/** Steps of one name, at once. */
export interface Fan {
  readonly act: "fan";
  readonly name: string;
  readonly times: number;
}

export interface Sleep {
  readonly act: "sleep";
  readonly name: string;
  readonly ms: number;
  /** By sleepUntil. */
  readonly until?: true;
  readonly during?: Interruption;
}

export interface Wait {
  readonly act: "wait";
  readonly name: string;
  readonly type: string;
  /** Left out: the default of a day. */
  readonly timeoutMs?: number;
  /** When the event is sent: right after creation, while waited for, in the pause meanwhile, at any time, or never. */
  readonly event: "early" | "during" | "paused" | "anytime" | "never";
  readonly sends: ValueKind;
  readonly during?: Interruption;
}

export interface Together {
  readonly act: "together";
  readonly how: "all" | "allSettled" | "race" | "any";
  readonly branches: readonly (readonly Act[])[];
  /**
   * Which branch decides. The first acts of the others are held until it has, which the step `decided` shows: so no clock
   * decides. The branches are then awaited. Left out: the order in which they end changes nothing.
   */
  readonly winner?: { readonly branch: number; readonly decided: string };
  /** Branches that are not awaited in the end, since they take an hour. */
  readonly endless?: readonly number[];
}

export interface Try {
  readonly act: "try";
  readonly body: readonly Act[];
  readonly caught: readonly Act[];
}

export interface Loop {
  readonly act: "loop";
  readonly times: number;
  readonly body: readonly Act[];
}

export interface Throw {
  readonly act: "throw";
  readonly failure: FailureKind;
}

/** Leaves `run`. */
export interface Return {
  readonly act: "return";
}

export const VALUE_KINDS = [
  "nothing",
  "null",
  "true",
  "text",
  "number",
  "negative zero",
  "not a number",
  "bigint",
  "date",
  "map",
  "set",
  "bytes",
  "buffer",
  "regexp",
  "list",
  "object",
  "error",
] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

export const FAILURE_KINDS = [
  "Error",
  "TypeError",
  "RangeError",
  "own class",
  "with cause",
  "text",
  "NonRetryableError",
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** The binding `STAGE` of the class that interprets programs. */
export interface StageBinding {
  /** Tells the outside that a callback runs. A held one is answered when the outside opens it, a hanging one never. */
  enter(entry: Entry): Promise<void>;
}

export interface Entry {
  readonly instance: string;
  /** `name-count` of the step. */
  readonly step: string;
  readonly attempt: number;
  readonly stays: "no" | "held" | "forever";
}
