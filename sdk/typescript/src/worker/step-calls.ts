import { type OpenStream, type Outcome, settle, type Settlers } from "./outcome.ts";
import { keyText, type StepKey } from "./step-key.ts";
import type { StepWork } from "./step-work.ts";

/** A call of `step.do`, `sleep` or `waitForEvent` that `run` has made and that has no outcome yet. */
export interface StepCall extends Settlers {
  readonly key: StepKey;
  /** Only with `step.do`. */
  readonly work: StepWork | null;
}

/** Where outcomes meet calls: whichever comes first waits for the other. */
export class StepCalls {
  readonly #open: OpenStream;
  readonly #pending = new Map<string, StepCall>();
  /** Outcomes whose turn has come before their call was made in this pass. */
  readonly #ready = new Map<string, Outcome>();

  constructor(open: OpenStream) {
    this.#open = open;
  }

  get pending(): Iterable<StepCall> {
    return this.#pending.values();
  }

  find(key: StepKey): StepCall | undefined {
    return this.#pending.get(keyText(key));
  }

  /** Makes a call: the promise settles when its outcome's turn has come, or is settled already. */
  make(key: StepKey, work: StepWork | null): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const outcome = this.#ready.get(keyText(key));
    if (outcome === undefined) this.#pending.set(keyText(key), { key, work, resolve, reject });
    else settle({ resolve, reject }, outcome, this.#open);
    this.#ready.delete(keyText(key));
    return promise;
  }

  /** Gives an outcome to its call. False when there is none yet: it is given when the call is made. */
  deliver(key: StepKey, outcome: Outcome): boolean {
    const call = this.#pending.get(keyText(key));
    if (call === undefined) {
      this.#ready.set(keyText(key), outcome);
      return false;
    }
    this.#pending.delete(keyText(key));
    settle(call, outcome, this.#open);
    return true;
  }

  /** Takes a call back that has no outcome yet. */
  withdraw(key: StepKey): StepCall | undefined {
    const call = this.#pending.get(keyText(key));
    this.#pending.delete(keyText(key));
    return call;
  }

  /** Lets go of everything: no promise settles any more. */
  abandon(): void {
    this.#pending.clear();
    this.#ready.clear();
  }
}
