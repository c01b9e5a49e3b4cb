import { Code, ConnectError } from "@connectrpc/connect";
import type { Context } from "hono";
import { reasonOf } from "perdure/transport-errors";
import { WorkflowError } from "perdure";

/** What lies beside a list. */
export type ResultInfo = Readonly<Record<string, number | string>>;

/** A request that cannot be understood. */
export class BadRequest extends Error {}

/** Numbers that clients of Cloudflare's interface know. */
const NOT_FOUND = { http: 404, code: 10_400 } as const;
const EXISTS = { http: 409, code: 10_405 } as const;
const BAD_BODY = { http: 400, code: 10_001 } as const;
const TOO_MUCH = { http: 429, code: 10_429 } as const;
const CONFLICT = { http: 409, code: 10_409 } as const;
const AWAY = { http: 503, code: 10_001 } as const;
const INTERNAL = { http: 500, code: 10_001 } as const;

type Verdict =
  | typeof NOT_FOUND
  | typeof EXISTS
  | typeof BAD_BODY
  | typeof TOO_MUCH
  | typeof CONFLICT
  | typeof AWAY
  | typeof INTERNAL;

/** The engine's reasons. */
const BY_REASON: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ["INSTANCE_NOT_FOUND", NOT_FOUND],
  ["WORKFLOW_NOT_FOUND", NOT_FOUND],
  ["BLOB_NOT_FOUND", NOT_FOUND],
  ["INSTANCE_EXISTS", EXISTS],
  ["INVALID_FIELD", BAD_BODY],
  ["STEP_NOT_FOUND", BAD_BODY],
  ["INVALID_TRANSITION", CONFLICT],
  ["JOURNAL_CONFLICT", CONFLICT],
  ["LIMIT_EXCEEDED", TOO_MUCH],
]);

/** A result in the envelope of all answers. */
export function answer(context: Context, result: unknown, info?: ResultInfo): Response {
  return context.json({ success: true, errors: [], messages: [], result, ...(info && { result_info: info }) });
}

/** A refusal in the same envelope. */
export function refusal(context: Context, error: unknown): Response {
  const { http, code } = verdictOf(error);
  return context.json(
    { success: false, errors: [{ code, message: messageOf(error) }], messages: [], result: null },
    http,
  );
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof BadRequest) return BAD_BODY;
  if (error instanceof WorkflowError) return verdictOfCode(error.code);
  if (error instanceof Error && error.message === "instance.not_found") return NOT_FOUND;
  const known = BY_REASON.get(reasonOf(error) ?? "");
  if (known !== undefined) return known;
  return ConnectError.from(error).code === Code.Unavailable ? AWAY : INTERNAL;
}

function verdictOfCode(code: string): Verdict {
  switch (code) {
    case "instance.not_found":
      return NOT_FOUND;
    case "instance.already_exists":
      return EXISTS;
    case "instance.cannot_terminate":
      return CONFLICT;
    case "workflow.limit_exceeded":
      return TOO_MUCH;
    default:
      return BAD_BODY;
  }
}

function messageOf(error: unknown): string {
  if (verdictOf(error) === INTERNAL) return "workflows.api.error.internal_server";
  return error instanceof ConnectError ? error.rawMessage : (error as Error).message;
}
