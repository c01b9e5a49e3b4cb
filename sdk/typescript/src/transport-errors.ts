import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../gen/google/rpc/error_details_pb.ts";

/** The engine's own words for "not now". */
const TRANSIENT_REASONS: ReadonlySet<string> = new Set(["STORE_UNAVAILABLE", "SHUTTING_DOWN", "JOURNAL_CONFLICT"]);

/** What a lost connection, a proxy or a dying engine ends a call with. The engine itself always gives a reason. */
const TRANSIENT_CODES: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.DeadlineExceeded,
  // How connect-node reports a connection that dropped …
  Code.Canceled,
  Code.Aborted,
  // … or whose HTTP/2 went wrong.
  Code.Internal,
  Code.Unknown,
]);

/** Why the engine refused a call: the reason of its `google.rpc.ErrorInfo`. Undefined when it gave none. */
export function reasonOf(error: unknown): string | undefined {
  return error instanceof ConnectError ? error.findDetails(ErrorInfoSchema)[0]?.reason : undefined;
}

/**
 * Whether the same call may succeed later: the engine is not there, is shutting down, or cannot reach its
 * store; or the connection broke. A call that its caller aborted is not transient.
 */
export function isTransient(error: unknown, signal?: AbortSignal): boolean {
  if (signal?.aborted === true || !(error instanceof ConnectError)) return false;
  const reason = reasonOf(error);
  return reason === undefined ? TRANSIENT_CODES.has(error.code) : TRANSIENT_REASONS.has(reason);
}
