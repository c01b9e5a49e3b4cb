import { Code, ConnectError, createContextKey, type HandlerContext } from "@connectrpc/connect";
import { ErrorInfoSchema } from "perdure/proto/google/rpc/error_details_pb";
import type { Log } from "../app/log.ts";
import type { ErrorReason } from "../domain/errors.ts";
import { errorInfo, headerText } from "./errors.ts";

/** Set on a call when the interceptors have it: from then on they answer for what is thrown. */
export const REACHED = createContextKey(false, { description: "whether the request was decoded" });

/** What the protocol layer's codes mean for our callers. The others speak of calls that nobody waits for. */
const MEANT: { readonly [code in Code]?: { readonly code: Code; readonly reason: ErrorReason } } = {
  [Code.Internal]: { code: Code.InvalidArgument, reason: "INVALID_FIELD" },
  [Code.InvalidArgument]: { code: Code.InvalidArgument, reason: "INVALID_FIELD" },
  [Code.Unimplemented]: { code: Code.Unimplemented, reason: "INVALID_FIELD" },
  [Code.ResourceExhausted]: { code: Code.ResourceExhausted, reason: "LIMIT_EXCEEDED" },
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Gives a reason to what the protocol layer refuses: bytes or JSON that are not the request's message, or too many
 * of them. It calls undecodable bytes an internal error; the error is the caller's.
 */
export function explainProtocolError(error: Writable<ConnectError>): ConnectError {
  if (error.findDetails(ErrorInfoSchema).length > 0) return error;
  error.rawMessage = headerText(error.rawMessage);
  const meant = MEANT[error.code];
  if (meant !== undefined) {
    error.code = meant.code;
    error.details.push(errorInfo(meant.reason));
  }
  return error;
}

/** Why a call's signal is aborted after its answer. Without a reason the platform makes one, with a stack, each time. */
const ANSWERED = new ConnectError("the call has been answered", Code.Canceled);

/**
 * A gate that watches over what happens to a call outside its interceptors. The protocol layer has no hook for
 * that: it decodes the request before them and encodes the response after them, and either way ends the call
 * with `abort(error)` right before it sends that very error off.
 */
export function protocolGate(log: Log): (context: HandlerContext) => void {
  return (context) => {
    const call = context as HandlerContext & { abort(reason?: unknown): void };
    const abort = call.abort.bind(call);
    call.abort = (reason) => {
      if (reason instanceof ConnectError) explainOutside(reason, context, log);
      abort(reason ?? ANSWERED);
    };
  };
}

function explainOutside(error: Writable<ConnectError>, context: HandlerContext, log: Log): void {
  if (!context.values.get(REACHED)) {
    explainProtocolError(error);
  } else if (!isAnswer(error)) {
    log.error({ rpc: context.url, error }, "response could not be encoded");
    error.code = Code.Internal;
    error.rawMessage = "internal error";
  }
}

const answers = new WeakSet<ConnectError>();

/** Marks an error as what its call is to be answered with. */
export function asAnswer(error: ConnectError): ConnectError {
  answers.add(error);
  return error;
}

function isAnswer(error: ConnectError): boolean {
  return answers.has(error);
}
