import { type AttemptEnd, runAttempt } from "./attempt.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { StartStep } from "./operation.ts";
import { runScope } from "./run-scope.ts";
import { stepContext } from "./step-context.ts";
import type { Streams } from "./streams.ts";
import type { StepWork } from "./step-work.ts";

export interface AttemptsParts {
  readonly identity: InstanceIdentity;
  readonly streams: () => Streams;
  readonly onEnd: (start: StartStep, end: AttemptEnd) => void;
}

/** The callbacks of one run that have been called and have not ended. */
export class Attempts {
  readonly #parts: AttemptsParts;
  readonly #inFlight = new Set<AbortController>();

  constructor(parts: AttemptsParts) {
    this.#parts = parts;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  begin(start: StartStep, work: StepWork): void {
    const abort = new AbortController();
    const { identity, streams, onEnd } = this.#parts;
    const { signal } = abort;
    const { key } = start;
    const store = (stream: ReadableStream) => streams().store({ run: identity.run, key, stream, signal });
    const context = stepContext(identity, start, work, abort.signal);
    this.#inFlight.add(abort);
    const { callback, delay } = work;
    const attempt = { callback, delay, context, policy: start.policy, abort, store };
    void runScope.run(identity, async () => {
      const end = await runAttempt(attempt);
      this.#inFlight.delete(abort);
      onEnd(start, end);
    });
  }

  /** Tells all callbacks that nobody wants their results. */
  abort(reason: Error): void {
    for (const abort of this.#inFlight) abort.abort(reason);
  }
}
