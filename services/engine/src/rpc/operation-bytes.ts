import type { Failure } from "../domain/failure.ts";
import type { Operation } from "../domain/operation.ts";
import type { Payload } from "../domain/payload.ts";

/** What an operation's names, numbers and frame weigh at most besides its payload. */
const FRAME_BYTES = 2_048;

/** What an operation adds to a record, in bytes and rather too much: the record has to fit a store's document. */
export function operationBytes(operation: Operation): number {
  switch (operation.kind) {
    case "completeStep":
    case "completeInstance":
      return FRAME_BYTES + recordBytes(operation.output);
    case "failStep":
    case "failInstance":
      return FRAME_BYTES + failureBytes(operation.failure);
    case "startStep":
    case "startSleep":
    case "startWait":
    case "cancelWait":
    case "deliverOutcome":
      return FRAME_BYTES;
  }
}

function failureBytes({ message, stack, details }: Failure): number {
  return Buffer.byteLength(message) + Buffer.byteLength(stack ?? "") + (details === null ? 0 : recordBytes(details));
}

function recordBytes(payload: Payload): number {
  switch (payload.form) {
    case "undefined":
    case "stream":
      return 0;
    case "json":
      return Buffer.byteLength(payload.text);
    case "bytes":
    case "cbor":
      return payload.bytes.byteLength;
  }
}
