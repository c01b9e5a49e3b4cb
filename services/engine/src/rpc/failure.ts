import { create } from "@bufbuild/protobuf";
import { FailureSchema, type Failure as FailureMessage } from "perdure/proto/perdure/v1/failure_pb";
import { boundedFailure, type Failure } from "../domain/failure.ts";
import { payloadFromMessage, payloadToMessage } from "./payload.ts";

/** The length of a class's name; longer ones are cut. */
const NAME_UNITS_MAX = 256;

export function failureToMessage({ name, message, stack, details }: Failure): FailureMessage {
  return create(FailureSchema, {
    name,
    message,
    ...(stack === null ? {} : { stack }),
    ...(details === null ? {} : { details: payloadToMessage(details) }),
  });
}

/** A failure is believed as it is told: texts that are too long are cut, since refusing them would hide why work failed. */
export function failureFromMessage(message: FailureMessage, field: string): Failure {
  return boundedFailure({
    name: message.name === "" ? "Error" : message.name.slice(0, NAME_UNITS_MAX),
    message: message.message,
    stack: message.stack ?? null,
    details: message.details === undefined ? null : payloadFromMessage(message.details, `${field}.details`),
  });
}
