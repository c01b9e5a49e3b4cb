import { answerJson, pathOf, type Listener, type Response } from "./answer.ts";
import type { ReadinessProbe } from "./readiness.ts";

const NOTHING_HERE = "There is nothing at this path. Calls go to /perdure.v1.WorkflowService/<method> and the like.";

/** What is asked by path alone: whether the process lives, and whether it should be given calls. */
export function probeListener(probe: ReadinessProbe): Listener {
  return (request, response) => {
    switch (pathOf(request)) {
      case "/healthz":
        return answerJson(response, 200, { status: "alive" });
      case "/readyz":
        return void answerReadiness(probe, response);
      default:
        // Every RPC protocol takes the status of HTTP for "unimplemented"; Connect reads the code as well.
        return answerJson(response, 404, { code: "unimplemented", message: NOTHING_HERE });
    }
  };
}

async function answerReadiness(probe: ReadinessProbe, response: Response): Promise<void> {
  const readiness = await probe.check();
  answerJson(response, readiness === "ready" ? 200 : 503, { status: readiness });
}
