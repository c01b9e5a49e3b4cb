import { create, createRegistry, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  QuotaFailureSchema,
  RetryInfoSchema,
} from "perdure/proto/google/rpc/error_details_pb";
import { StatusSchema, type Status } from "perdure/proto/google/rpc/status_pb";
import type { EngineError, ErrorReason } from "../domain/errors.ts";
import { SECOND_MS } from "../domain/time.ts";
import { durationToMessage } from "./time.ts";

/** Each reason's code. Part of the API, as the reasons are. */
export const CODE = {
  INVALID_FIELD: Code.InvalidArgument,
  INSTANCE_NOT_FOUND: Code.NotFound,
  INSTANCE_EXISTS: Code.AlreadyExists,
  STEP_NOT_FOUND: Code.NotFound,
  BLOB_NOT_FOUND: Code.NotFound,
  WORKFLOW_NOT_FOUND: Code.NotFound,
  INVALID_TRANSITION: Code.FailedPrecondition,
  JOURNAL_MISMATCH: Code.FailedPrecondition,
  JOURNAL_CONFLICT: Code.Aborted,
  LEASE_LOST: Code.Aborted,
  SESSION_LOST: Code.Aborted,
  LIMIT_EXCEEDED: Code.ResourceExhausted,
  STORE_UNAVAILABLE: Code.Unavailable,
  SHUTTING_DOWN: Code.Unavailable,
  CORRUPT_DOCUMENT: Code.DataLoss,
} as const satisfies Record<ErrorReason, Code>;

/** What a refusal within a result may have as details: JSON spells them out. */
export const DETAILS = createRegistry(ErrorInfoSchema, BadRequestSchema, QuotaFailureSchema, RetryInfoSchema);

/** Whose reasons they are. */
export const ERROR_DOMAIN = "perdure";

/** When to try again what may then go well: the least that a client backs off. */
const RETRY_DELAY_MS = SECOND_MS;

/** Texts go into headers of the response, where clients allow 8 KiB in all. */
const MESSAGE_UNITS_MAX = 1_000;

export interface Detail {
  readonly desc: DescMessage;
  readonly value: Record<string, unknown>;
}

export function errorInfo(reason: ErrorReason, metadata: Readonly<Record<string, string>> = {}): Detail {
  return detail(ErrorInfoSchema, { reason, domain: ERROR_DOMAIN, metadata });
}

/** The refusal as an error of a call. */
export function refusalToError(refusal: EngineError): ConnectError {
  return new ConnectError(headerText(refusal.message), CODE[refusal.reason], {}, detailsOf(refusal), refusal);
}

/** The refusal as a part of a result. */
export function refusalToStatus(refusal: EngineError): Status {
  return create(StatusSchema, {
    code: CODE[refusal.reason],
    message: headerText(refusal.message),
    details: detailsOf(refusal).map(({ desc, value }) => anyPack(desc, create(desc, value))),
  });
}

/** A text that any header can carry: it is percent-encoded, which half of a surrogate pair cannot be. */
export function headerText(text: string): string {
  return text.slice(0, MESSAGE_UNITS_MAX).toWellFormed();
}

function detailsOf({ reason, message, metadata }: EngineError): Detail[] {
  const info = errorInfo(reason, metadata);
  switch (reason) {
    case "INVALID_FIELD": {
      const violation = { field: metadata["field"] ?? "", description: headerText(message) };
      return [info, detail(BadRequestSchema, { fieldViolations: [violation] })];
    }
    case "LIMIT_EXCEEDED": {
      const violation = { subject: metadata["subject"] ?? "", description: headerText(message) };
      const quota = detail(QuotaFailureSchema, { violations: [violation] });
      // Only where the same may go well later: a size stays what it is.
      const retryDelayMs = Number(metadata["retryDelayMs"] ?? Number.NaN);
      return Number.isNaN(retryDelayMs) ? [info, quota] : [info, quota, retryInfo(retryDelayMs)];
    }
    case "STORE_UNAVAILABLE":
    case "SHUTTING_DOWN":
      return [info, retryInfo(RETRY_DELAY_MS)];
    case "INSTANCE_NOT_FOUND":
    case "INSTANCE_EXISTS":
    case "STEP_NOT_FOUND":
    case "BLOB_NOT_FOUND":
    case "WORKFLOW_NOT_FOUND":
    case "INVALID_TRANSITION":
    case "JOURNAL_MISMATCH":
    case "JOURNAL_CONFLICT":
    case "LEASE_LOST":
    case "SESSION_LOST":
    case "CORRUPT_DOCUMENT":
      return [info];
  }
}

function retryInfo(delayMs: number): Detail {
  return detail(RetryInfoSchema, { retryDelay: durationToMessage(delayMs) });
}

function detail<Desc extends DescMessage>(desc: Desc, value: MessageInitShape<Desc>): Detail {
  return { desc, value };
}
