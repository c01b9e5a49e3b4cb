import { WorkflowTimeoutError } from "../errors.ts";
import type { StepCallback } from "../worker/attempt.ts";

/** What an attempt throws; null for a timeout. */
export type MockedFailure = { readonly error: Error | null };

/** What is called in place of a step's callback. */
export class StepMock {
  #failures: readonly MockedFailure[] = [];
  #always: MockedFailure | null = null;
  #result: StepCallback | null = null;

  get hasResult(): boolean {
    return this.#result !== null;
  }

  /** Fails so many attempts after those that fail already; all when `times` is left out. */
  fail(failure: MockedFailure, times: number | undefined): void {
    if (times === undefined) this.#always = failure;
    else this.#failures = [...this.#failures, ...Array.from({ length: times }, () => failure)];
  }

  /** Calls this once no attempt is left to fail. */
  succeed(result: StepCallback): void {
    this.#result = result;
  }

  copy(): StepMock {
    const copy = new StepMock();
    copy.#failures = this.#failures;
    copy.#always = this.#always;
    copy.#result = this.#result;
    return copy;
  }

  /** @param attempt From 1. */
  callbackOf(attempt: number): StepCallback | null {
    const failure = this.#failures[attempt - 1] ?? this.#always;
    if (failure === null) return this.#result;
    return () => {
      throw failure.error ?? new WorkflowTimeoutError(0);
    };
  }
}
