import { Code, ConnectError, type Interceptor, type StreamResponse } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { MeteredCall } from "./metrics-page.ts";

/** Tells of each call when it has ended. The first of the interceptors: it sees what callers see. */
export function callMeter(onCall: (call: MeteredCall) => void): Interceptor {
  return (next) => async (request) => {
    const startedAt = performance.now();
    const service = request.service.typeName;
    const method = request.method.name;
    const tell = (code: string): void => onCall({ service, method, code, ms: performance.now() - startedAt });
    try {
      const response = await next(request);
      if (response.stream) return { ...response, message: told(response.message, tell) };
      tell("ok");
      return response;
    } catch (error) {
      tell(codeOf(error));
      throw error;
    }
  };
}

async function* told(
  messages: StreamResponse["message"],
  tell: (code: string) => void,
): StreamResponse["message"] & AsyncGenerator {
  // A caller that goes away ends the stream from its side.
  let code = codeToString(Code.Canceled);
  try {
    yield* messages;
    code = "ok";
  } catch (error) {
    code = codeOf(error);
    throw error;
  } finally {
    tell(code);
  }
}

function codeOf(error: unknown): string {
  return codeToString(ConnectError.from(error).code);
}
