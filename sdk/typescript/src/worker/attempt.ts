import type { Failure } from "../../gen/perdure/v1/failure_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { isNonRetryable } from "../errors-non-retryable.ts";
import { WorkflowFatalError, WorkflowTimeoutError } from "../errors.ts";
import { decodeFailure, encodeFailure } from "../failure.ts";
import { encodeValue } from "../values/encode.ts";
import { ValueTooLargeError } from "../values/errors.ts";
import type { WorkflowDelayFunction, WorkflowStepContext } from "../workflow-step.ts";
import { alarm } from "./alarm.ts";
import { askForDelay } from "./retry-delay.ts";
import { isStream } from "./stream-chunks.ts";
import type { StepPolicy } from "./step-policy.ts";

/** The work of a step. */
export type StepCallback = (context: WorkflowStepContext) => unknown;

/** One try of a step. */
export interface Attempt {
  readonly callback: StepCallback;
  readonly context: WorkflowStepContext;
  readonly policy: StepPolicy;
  /** The live code's delay function, if it has one. */
  readonly delay: WorkflowDelayFunction | null;
  /** Of `context.signal`. */
  readonly abort: AbortController;
  /** Keeps a stream that the callback gives. */
  readonly store: (stream: ReadableStream) => Promise<Payload>;
}

/** What became of an attempt, ready to be stored. */
export type AttemptEnd =
  | { readonly kind: "returned"; readonly output: Payload }
  | {
      readonly kind: "threw";
      readonly failure: Failure;
      readonly final: boolean;
      /** What the delay function gave. */
      readonly retryDelayMs: number | null;
    }
  /** The result is, or holds, something that can never be stored: the instance ends. */
  | { readonly kind: "unserialisable"; readonly failure: Failure };

/** Calls a step's callback and stores what comes of it, within the time that an attempt may take. Never rejects. */
export async function runAttempt(attempt: Attempt): Promise<AttemptEnd> {
  try {
    return await inTime(attempt);
  } catch (thrown) {
    return failed(attempt, thrown);
  }
}

/** @throws What the callback throws, and what a retry might give otherwise. */
async function calledOnce({ callback, context, store }: Attempt): Promise<AttemptEnd> {
  const value = await callback(context);
  try {
    const output = isStream(value) ? await store(value) : encodeValue(value, { step: context.step.name });
    return { kind: "returned", output };
  } catch (error) {
    if (error instanceof WorkflowFatalError) return { kind: "unserialisable", failure: encodeFailure(error) };
    throw error;
  }
}

/** A callback that is late goes on to its end, but nobody waits for it. */
async function inTime(attempt: Attempt): Promise<AttemptEnd> {
  const { policy, abort } = attempt;
  const { promise, resolve, reject } = Promise.withResolvers<AttemptEnd>();
  const cancel = alarm(policy.timeoutMs, () => {
    const error = new WorkflowTimeoutError(policy.timeoutMs);
    reject(error);
    abort.abort(error);
  });
  abort.signal.addEventListener("abort", cancel);
  try {
    calledOnce(attempt).then(resolve, reject);
    return await promise;
  } finally {
    cancel();
  }
}

async function failed(attempt: Attempt, thrown: unknown): Promise<AttemptEnd> {
  const { context, policy, delay } = attempt;
  const failure = encodeFailure(thrown);
  // A value that is too large would be so again.
  const final = isNonRetryable(thrown) || thrown instanceof ValueTooLargeError || context.attempt > policy.retryLimit;
  if (final || delay === null || !policy.dynamicDelay) return { kind: "threw", failure, final, retryDelayMs: null };
  try {
    const retryDelayMs = await askForDelay(delay, context, decodeFailure(failure));
    return { kind: "threw", failure, final, retryDelayMs };
  } catch (error) {
    return { kind: "threw", failure: encodeFailure(error), final: true, retryDelayMs: null };
  }
}
