import type { Failure } from "../../gen/perdure/v1/failure_pb.ts";
import type { BlobRef, Payload } from "../../gen/perdure/v1/payload_pb.ts";
import { WorkflowTimeoutError } from "../errors.ts";
import { decodeFailure, encodeFailure } from "../failure.ts";
import { decodeValue } from "../values/decode.ts";

/** An event as the engine accepted it. */
export interface AcceptedEvent {
  /** Its number in the run. */
  readonly number: number;
  readonly type: string;
  readonly payload: Payload | undefined;
  readonly acceptedAtMs: number;
}

/** How a step ended, in the stored form: what the live run sees and what a replay sees come from the same. */
export type Outcome =
  | { readonly kind: "returned"; readonly output: Payload | undefined }
  | { readonly kind: "threw"; readonly failure: Failure }
  | { readonly kind: "slept" }
  | { readonly kind: "received"; readonly event: AcceptedEvent }
  | { readonly kind: "timedOut"; readonly timeoutMs: number }
  | { readonly kind: "cancelled" };

/** Opens a stream that a step gave: a new one at each call. */
export type OpenStream = (blob: BlobRef) => ReadableStream<Uint8Array>;

/** The two ends of a promise that `run` awaits. */
export interface Settlers {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Settles the promise of a step's call. Values are decoded anew, so that `run` may change what it gets. */
export function settle(call: Settlers, outcome: Outcome, open: OpenStream): void {
  try {
    call.resolve(valueOf(outcome, open));
  } catch (error) {
    call.reject(error);
  }
}

/** @throws What the step threw; CorruptPayloadError when a stored value cannot be read. */
function valueOf(outcome: Outcome, open: OpenStream): unknown {
  switch (outcome.kind) {
    case "returned":
      return outputOf(outcome.output, open);
    case "threw":
      throw decodeFailure(outcome.failure);
    case "slept":
      return undefined;
    case "received": {
      const { type, payload, acceptedAtMs } = outcome.event;
      return { payload: decodePayload(payload), timestamp: new Date(acceptedAtMs), type };
    }
    case "timedOut":
      throw decodeFailure(encodeFailure(new WorkflowTimeoutError(outcome.timeoutMs)));
    case "cancelled":
      // The code that cancelled it has done so elsewhere, and has its signal's own reason then.
      throw new DOMException("The wait was cancelled in an earlier pass of run", "AbortError");
  }
}

/** What a step gave. @throws CorruptPayloadError when it cannot be read. */
export function outputOf(output: Payload | undefined, open: OpenStream): unknown {
  return output?.content.case === "stream" ? open(output.content.value) : decodePayload(output);
}

/** A payload that was left out is the value `undefined`. */
export function decodePayload(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : decodeValue(payload);
}
