import { StepKind } from "../../gen/perdure/v1/step_pb.ts";

/** Which step of a run: its name and the how-many-th use of it by steps of its kind, from 1. */
export interface StepKey {
  readonly kind: StepKind;
  readonly name: string;
  readonly count: number;
}

/** One text a key, for maps. The name comes last: it may hold anything. */
export function keyText({ kind, count, name }: StepKey): string {
  return `${kind}:${count}:${name}`;
}

/** Counts the uses of names in one pass of `run`, in the order of the calls. */
export class StepCounter {
  readonly #uses = new Map<string, number>();
  #steps = 0;

  /** Calls of `step.do` so far; sleeps and waits are exempt from the step limit. */
  get steps(): number {
    return this.#steps;
  }

  next(kind: StepKind, name: string): StepKey {
    const use = `${kind}:${name}`;
    const count = (this.#uses.get(use) ?? 0) + 1;
    this.#uses.set(use, count);
    if (kind === StepKind.DO) this.#steps += 1;
    return { kind, name, count };
  }
}
