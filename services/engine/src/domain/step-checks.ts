import type { Draft } from "./draft.ts";
import { EngineError } from "./errors.ts";
import { COUNT_MAX } from "./limits.ts";
import { isStepName } from "./name.ts";
import { keyText, type OpenStep, type StepKey, type StepKind } from "./step.ts";

/** @throws {EngineError} JOURNAL_MISMATCH unless this attempt of the step is running. */
export function requireRunning(draft: Draft, key: StepKey, attempt: number): Extract<OpenStep, { status: "running" }> {
  const step = draft.state.open.get(keyText(key));
  if (step?.status !== "running") throw mismatch(key, `is ${step?.status ?? "not started"}, not running`);
  if (step.attempt !== attempt) throw mismatch(key, `is at attempt ${step.attempt}, not ${attempt}`);
  return step;
}

/** Attempts that were lost before anything was heard of them count too. */
export function requireAttempt(key: StepKey, attempt: number, expected: number, lost: number): void {
  if (Number.isInteger(attempt) && attempt >= expected && attempt <= expected + lost) return;
  throw mismatch(key, `is at attempt ${expected}, not ${attempt}`);
}

/** @throws {EngineError} INVALID_FIELD for a key that cannot be; JOURNAL_MISMATCH for one that was used. */
export function requireNew(draft: Draft, key: StepKey, kind: StepKind): void {
  if (key.kind !== kind)
    throw new EngineError("INVALID_FIELD", `step "${key.name}" is of the kind ${key.kind}, not ${kind}`);
  if (!isStepName(key.name))
    throw new EngineError("INVALID_FIELD", "a step's name has at most 256 characters and no control characters");
  if (!Number.isInteger(key.count) || key.count < 1 || key.count > COUNT_MAX)
    throw new EngineError("INVALID_FIELD", `step "${key.name}" counts its uses from 1, not ${key.count}`);
  const text = keyText(key);
  if (draft.state.open.has(text) || draft.state.finished.has(text)) throw mismatch(key, "has started already");
}

export function mismatch(key: StepKey, why: string): EngineError {
  return new EngineError("JOURNAL_MISMATCH", `step "${key.name}" (${key.kind}, use ${key.count}) ${why}`);
}
