import { RuntimeError, ValidationError } from "@bufbuild/protovalidate";
import { Code, ConnectError, type Interceptor, type StreamResponse } from "@connectrpc/connect";
import type { Log } from "../app/log.ts";
import { EngineError } from "../domain/errors.ts";
import { refusalToError } from "./errors.ts";
import { asAnswer, explainProtocolError, REACHED } from "./protocol-error.ts";
import { violationsToError } from "./rules.ts";

/**
 * Turns whatever a call throws into its answer: a refusal with its reason; or, where it is none, a bug, of
 * which the caller learns nothing and the log everything.
 */
export function refusalInterceptor(log: Log): Interceptor {
  return (next) => async (request) => {
    const rpc = `${request.service.typeName}/${request.method.name}`;
    const answer = (thrown: unknown): ConnectError => asAnswer(toAnswer(thrown, request.signal, rpc, log));
    request.contextValues.set(REACHED, true);
    try {
      const response = await next(request);
      return response.stream ? { ...response, message: answered(response.message, answer) } : response;
    } catch (thrown) {
      throw answer(thrown);
    }
  };
}

async function* answered(
  messages: StreamResponse["message"],
  answer: (thrown: unknown) => ConnectError,
): StreamResponse["message"] & AsyncGenerator {
  try {
    yield* messages;
  } catch (thrown) {
    throw answer(thrown);
  }
}

function toAnswer(thrown: unknown, signal: AbortSignal, rpc: string, log: Log): ConnectError {
  if (thrown instanceof EngineError) {
    if (thrown.reason === "CORRUPT_DOCUMENT") log.error({ rpc, error: thrown }, "corrupt document");
    return refusalToError(thrown);
  }
  // Nobody waits for the answer any more.
  if (signal.aborted && thrown === signal.reason) return ConnectError.from(thrown, Code.Canceled);
  const cause = thrown instanceof ConnectError ? thrown.cause : thrown;
  if (cause instanceof ValidationError) return violationsToError(cause.violations);
  // A rule that could not be evaluated: the value is beyond what its type may hold.
  if (cause instanceof RuntimeError) return refusalToError(new EngineError("INVALID_FIELD", cause.message));
  if (thrown instanceof ConnectError) return explainProtocolError(thrown);
  log.error({ rpc, error: thrown }, "call failed unexpectedly");
  return new ConnectError("internal error", Code.Internal, {}, [], thrown);
}
