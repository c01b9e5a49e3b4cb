import type { JournalEntry } from "../../gen/perdure/v1/journal_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { keyText, type StepKey } from "./step-key.ts";
import { policyFromWire, type StepPolicy } from "./step-policy.ts";
import type { StepWork } from "./step-work.ts";

/** How far a step has come that can be undone. */
export interface Reached {
  readonly attempt: number;
  /** The first one journaled. */
  readonly policy: StepPolicy;
  /** Null: it failed, or never ended. */
  readonly output: { readonly payload: Payload | undefined } | null;
}

/** What it takes to undo the steps of a run: how far each has come, and the code that undoes it. */
export class RollbackRegistry {
  readonly #reached = new Map<string, Reached>();
  /** What the calls of this pass ask for. */
  readonly #works = new Map<string, StepWork>();

  reached(key: StepKey): Reached | undefined {
    return this.#reached.get(keyText(key));
  }

  /** The call of the step in this pass; undefined while `run` has not made it, or when it can no longer be undone. */
  work(key: StepKey): StepWork | undefined {
    return this.#works.get(keyText(key));
  }

  /** `run` has asked for a step. */
  register(key: StepKey, work: StepWork): void {
    if (work.rollback !== null) this.#works.set(keyText(key), work);
  }

  /** The callback of an attempt is called. */
  start(key: StepKey, attempt: number, policy: StepPolicy): void {
    const text = keyText(key);
    if (policy.rollback) this.#reached.set(text, { attempt, policy, output: null });
  }

  complete(key: StepKey, payload: Payload | undefined): void {
    const reached = this.reached(key);
    if (reached !== undefined) this.#reached.set(keyText(key), { ...reached, output: { payload } });
  }

  /** Takes in an entry of a journal that this pass has not written. */
  apply({ entry }: JournalEntry): void {
    if (entry.case === "stepCompleted" && entry.value.key !== undefined) {
      this.complete(entry.value.key, entry.value.output);
    }
    if (entry.case !== "stepStarted" || entry.value.key === undefined) return;
    const { key, attempt, config } = entry.value;
    const policy = config === undefined ? this.reached(key)?.policy : policyFromWire(config);
    if (policy !== undefined) this.start(key, attempt, policy);
  }
}
