/** A rule that must always hold, broken. Neither a refusal nor a bug in a test: what the properties look for. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Violation(rule);
}
