import { type AttemptEnd, runAttempt } from "./attempt.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { StartStep } from "./operation.ts";
import { runScope } from "./run-scope.ts";
import { stepContext } from "./step-context.ts";
import type { StepWork } from "./step-work.ts";

/** The callbacks of one run that have been called and have not ended. */
export class Attempts {
  readonly #identity: InstanceIdentity;
  readonly #onEnd: (start: StartStep, end: AttemptEnd) => void;
  readonly #inFlight = new Set<AbortController>();

  constructor(identity: InstanceIdentity, onEnd: (start: StartStep, end: AttemptEnd) => void) {
    this.#identity = identity;
    this.#onEnd = onEnd;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  begin(start: StartStep, work: StepWork): void {
    const abort = new AbortController();
    const context = stepContext(this.#identity, start, work, abort.signal);
    this.#inFlight.add(abort);
    const { callback, delay } = work;
    const attempt = { callback, delay, context, policy: start.policy, abort };
    void runScope.run(this.#identity, async () => {
      const end = await runAttempt(attempt);
      this.#inFlight.delete(abort);
      this.#onEnd(start, end);
    });
  }

  /** Tells all callbacks that nobody wants their results. */
  abort(reason: Error): void {
    for (const abort of this.#inFlight) abort.abort(reason);
  }
}
