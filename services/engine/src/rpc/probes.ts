import { answerJson, pathOf, type Listener, type Request, type Response } from "./answer.ts";
import type { ReadinessProbe } from "./readiness.ts";

/** What is asked by path alone: whether the process lives, and whether it should be given calls. */
export function probeListener(probe: ReadinessProbe): Listener {
  return (request, response) => {
    switch (pathOf(request)) {
      case "/healthz":
        return answerJson(response, 200, { status: "alive" });
      case "/readyz":
        return void answerReadiness(probe, response);
      default:
        return answerNotFound(request, response);
    }
  };
}

async function answerReadiness(probe: ReadinessProbe, response: Response): Promise<void> {
  const readiness = await probe.check();
  answerJson(response, readiness === "ready" ? 200 : 503, { status: readiness });
}

/** A call of an RPC that does not exist gets an answer that its protocol understands. */
function answerNotFound(request: Request, response: Response): void {
  const message = "There is nothing at this path. Calls go to /perdure.v1.WorkflowService/<method> and the like.";
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/grpc")) {
    const status = { "content-type": type, "grpc-status": "12", "grpc-message": encodeURIComponent(message) };
    (response as { writeHead(code: number, headers: object): unknown }).writeHead(200, status);
    response.end();
  } else {
    answerJson(response, 404, { code: "unimplemented", message });
  }
}
