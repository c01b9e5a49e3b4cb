/** What a scenario shows to the outside, the same in every engine unless a difference is meant. JSON throughout. */
export interface Observation {
  /** The status at the end; "gone" when the instance was deleted. */
  readonly status: string;
  /** JSON form of what `run` returned; null when there is none. */
  readonly output: unknown;
  readonly error: ObservedError | null;
  /** What creation and then each move answered: a value where there is one. */
  readonly answers: readonly Answer[];
  /** What callbacks recorded, in the order in which it arrived, or sorted where the order is not determined. */
  readonly effects: readonly string[];
  /** Attempt numbers of the calls of each step's callback, by `name-count`. */
  readonly attempts: Readonly<Record<string, readonly number[]>>;
}

/** What one scenario showed, or why it could not be driven to its end. */
export type Outcome = Observation | { readonly failed: string };

export interface ObservedError {
  readonly name: string;
  readonly message: string;
}

export type Answer = "ok" | ObservedError | object;

/** What a thrown value shows of itself. */
export function observedError(thrown: unknown): ObservedError {
  return thrown instanceof Error
    ? { name: thrown.name, message: thrown.message }
    : { name: typeof thrown, message: String(thrown) };
}
