import type { Act, Program, Together } from "./program.ts";

/** Programs with one act less, or without what comes after the end. The rules of the generator still hold for them. */
export function smallerThan(program: Program): readonly Program[] {
  const fewer = withoutOne(program.body).map((body) => ({ ...program, body }));
  return program.afterwards.length > 0 ? [{ ...program, afterwards: [] }, ...fewer] : fewer;
}

function withoutOne(acts: readonly Act[]): readonly (readonly Act[])[] {
  const without = acts.map((_, index) => acts.toSpliced(index, 1));
  const within = acts.flatMap((act, index) => smallerActs(act).map((smaller) => acts.with(index, smaller)));
  return [...without, ...within];
}

function smallerActs(act: Act): readonly Act[] {
  switch (act.act) {
    case "try":
      return [
        ...withoutOne(act.body).map((body) => ({ ...act, body })),
        ...withoutOne(act.caught).map((caught) => ({ ...act, caught })),
      ];
    case "loop":
      return withoutOne(act.body).map((body) => ({ ...act, body }));
    case "together":
      return act.branches.flatMap((branch, index) =>
        smallerBranches(act, branch, index).map((smaller) => ({ ...act, branches: act.branches.with(index, smaller) })),
      );
    case "do":
    case "nest":
    case "fan":
    case "sleep":
    case "wait":
    case "throw":
    case "return":
      return [];
  }
}

/** Where a branch decides, what the others are held by stays, and so does how the winner ends. */
function smallerBranches({ winner }: Together, branch: readonly Act[], index: number): readonly (readonly Act[])[] {
  if (winner === undefined) return withoutOne(branch);
  if (winner.branch === index) return withoutOne(branch.slice(0, -1)).map((start) => [...start, ...branch.slice(-1)]);
  return withoutOne(branch.slice(1)).map((rest) => [...branch.slice(0, 1), ...rest]);
}
