import * as fc from "fast-check";
import type { WorkflowStep } from "../../../../sdk/typescript/src/workflow-step.ts";

/** A workflow made by chance: steps, sleeps and waits, one after the other, together, or against each other. */
export type Program =
  | {
      readonly kind: "do";
      readonly name: string;
      /** Turns of the event loop that its callback takes. */
      readonly turns: number;
      /** Attempts that fail before one succeeds; above the limit of 1 retry the step fails. */
      readonly failures: number;
    }
  | { readonly kind: "sleep"; readonly name: string; readonly ms: number }
  | { readonly kind: "wait"; readonly name: string; readonly types: readonly string[] }
  /** A wait against something else, cancelled when that has ended before. */
  | { readonly kind: "giveUp"; readonly name: string; readonly types: readonly string[]; readonly against: Program }
  | { readonly kind: "sequence"; readonly parts: readonly Program[] }
  | { readonly kind: "all" | "allSettled"; readonly parts: readonly Program[] }
  /** Goes on with the branch that belongs to the winner, so that another winner would ask for other steps. */
  | { readonly kind: "race" | "any"; readonly parts: readonly Program[]; readonly next: readonly Program[] };

/** Types of events that programs wait for. */
export const EVENT_TYPES = ["red", "green"] as const;

/** What one wait takes. */
const SETS_OF_TYPES: readonly (readonly string[])[] = [["red"], ["green"], ["red", "green"]];

/** Programs that end by themselves once enough events of both types are sent. */
export const programs: fc.Arbitrary<Program> = fc.letrec<{ program: Program; leaf: Program }>((tie) => ({
  leaf: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("do" as const),
        name: fc.constantFrom("a", "b", "c"),
        turns: fc.nat(4),
        failures: fc.constantFrom(0, 0, 0, 1, 2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("sleep" as const), name: fc.constantFrom("s", "t"), ms: fc.nat(6) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        name: fc.constantFrom("w", "v"),
        types: fc.constantFrom(...SETS_OF_TYPES),
      }),
    },
  ),
  program: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie("leaf"),
    fc.record({ kind: fc.constant("sequence" as const), parts: several(tie("program")) }),
    fc.record({
      kind: fc.constant("giveUp" as const),
      name: fc.constantFrom("w", "v"),
      types: fc.constantFrom(...SETS_OF_TYPES),
      against: tie("program"),
    }),
    fc.record({ kind: fc.constantFrom("all" as const, "allSettled" as const), parts: several(tie("program")) }),
    fc.record({
      kind: fc.constantFrom("race" as const, "any" as const),
      parts: several(tie("program")),
      next: several(tie("leaf")),
    }),
  ),
})).program;

function several<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: 1, maxLength: 4 });
}

/** How many waits a program has at most: as many events of each type are enough. */
export function waitsIn(program: Program): number {
  switch (program.kind) {
    case "do":
    case "sleep":
      return 0;
    case "wait":
      return 1;
    case "giveUp":
      return 1 + waitsIn(program.against);
    case "sequence":
    case "all":
    case "allSettled":
      return program.parts.reduce((sum, part) => sum + waitsIn(part), 0);
    case "race":
    case "any":
      return [...program.parts, ...program.next].reduce((sum, part) => sum + waitsIn(part), 0);
  }
}

/** Called with the label of each step whose callback is called, "a-1#2" say. */
export type OnCall = (label: string) => void;

/** Executes a program as a workflow would, noting in `trace` what its code sees, in order. */
export async function execute(program: Program, step: WorkflowStep, trace: string[], onCall: OnCall): Promise<string> {
  const see = (text: string): string => {
    trace.push(text);
    return text;
  };
  const run = (part: Program): Promise<string> => execute(part, step, trace, onCall);
  switch (program.kind) {
    case "do":
      return doStep(program, step, see, onCall);
    case "sleep":
      await step.sleep(program.name, program.ms);
      return see(`slept ${program.name}`);
    case "wait": {
      const event = await step.waitForEvent(program.name, { type: program.types });
      return see(`${program.name} got ${event.type} ${event.payload as number}`);
    }
    case "giveUp":
      return giveUp(program, step, see, run);
    case "sequence": {
      const seen: string[] = [];
      for (const part of program.parts) seen.push(await run(part));
      return seen.join("; ");
    }
    case "all":
      return (await Promise.all(program.parts.map(run))).join(" & ");
    case "allSettled":
      return (await Promise.allSettled(program.parts.map(run))).map(({ status }) => status).join(" & ");
    case "race":
    case "any": {
      const numbered = program.parts.map((part, index) => run(part).then(() => index));
      const winner = await (program.kind === "race" ? Promise.race(numbered) : Promise.any(numbered));
      see(`winner ${winner}`);
      return run(program.next[winner % program.next.length]!);
    }
  }
}

async function doStep(
  { name, turns, failures }: Extract<Program, { kind: "do" }>,
  step: WorkflowStep,
  see: (text: string) => string,
  onCall: OnCall,
): Promise<string> {
  const retries = { limit: 1, delay: 1, backoff: "constant" } as const;
  try {
    const got = await step.do(name, { retries }, async ({ attempt, step: { count } }) => {
      onCall(`${name}-${count}#${attempt}`);
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (attempt <= failures) throw new Error(`${name}-${count} failed`);
      return `${name}-${count}`;
    });
    return see(got);
  } catch (error) {
    see((error as Error).message);
    throw error;
  }
}

async function giveUp(
  { name, types, against }: Extract<Program, { kind: "giveUp" }>,
  step: WorkflowStep,
  see: (text: string) => string,
  run: (part: Program) => Promise<string>,
): Promise<string> {
  const over = new AbortController();
  const waited = step.waitForEvent(name, { type: types, signal: over.signal }).then(
    ({ type, payload }) => see(`${name} got ${type} ${payload as number}`),
    (error: unknown) => see(`${name}: ${(error as Error).message}`),
  );
  try {
    await Promise.race([waited, run(against)]);
  } finally {
    over.abort(new Error("gave up"));
  }
  return waited;
}
