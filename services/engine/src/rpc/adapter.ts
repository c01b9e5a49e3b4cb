import {
  Code,
  ConnectError,
  createConnectRouter,
  createContextValues,
  type ConnectRouter,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { Log } from "../app/log.ts";
import { answerJson, pathOf, type Listener, type Request, type Response } from "./answer.ts";
import { dropFarDeadlines } from "./deadline.ts";
import { DETAILS } from "./errors.ts";
import { protocolGate } from "./protocol-error.ts";

/** The largest request: 16 MiB, a full commit and its frame. */
const REQUEST_BYTES_MAX = 16 * 1_048_576;

/** Answers below this go out as they are: on most networks compressing them takes longer than sending them. */
const COMPRESS_BYTES_MIN = 65_536;

/** Serves RPCs by gRPC, gRPC-Web and Connect; every other path goes to `fallback`. */
export function rpcListener(
  routes: (router: ConnectRouter) => void,
  fallback: Listener,
  { log, interceptors }: { readonly log: Log; readonly interceptors: Interceptor[] },
): Listener {
  // Not connectNodeAdapter: it writes to the console, and a malformed Host header throws out of it.
  const router = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    compressMinBytes: COMPRESS_BYTES_MIN,
    readMaxBytes: REQUEST_BYTES_MAX,
    jsonOptions: { registry: DETAILS },
    requestGate: protocolGate(log),
    interceptors,
  });
  routes(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return (request, response) => {
    const handler = handlers.get(pathOf(request));
    if (handler === undefined) return fallback(request, response);
    handle(handler, request, response, log);
  };
}

function handle(handler: UniversalHandler, request: Request, response: Response, log: Log): void {
  dropFarDeadlines(request.headers);
  let call;
  try {
    call = universalRequestFromNodeRequest(request, response, undefined, createContextValues());
  } catch {
    return answerJson(response, 400, { code: "invalid_argument", message: "the host or the path cannot be read" });
  }
  handler(call)
    .then((answer) => universalResponseToNodeResponse(answer, response))
    .catch((error: unknown) => {
      if (!callerIsGone(error)) log.error({ rpc: request.url, error }, "response could not be sent");
      response.destroy();
    });
}

function callerIsGone(error: unknown): boolean {
  const { code } = ConnectError.from(error);
  return code === Code.Aborted || code === Code.Canceled;
}
