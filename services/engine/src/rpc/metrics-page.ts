import type { ServerResponse } from "node:http";
import type { Log } from "../app/log.ts";
import { answerJson, pathOf, type Listener, type Response } from "./answer.ts";

/** One call as its caller saw it. */
export interface MeteredCall {
  /** "perdure.v1.WorkerService", for instance. */
  readonly service: string;
  /** "PollTasks", for instance. */
  readonly method: string;
  /** "ok", or the code of a refusal: "not_found". */
  readonly code: string;
  /** Until the last message, where there are several. */
  readonly ms: number;
}

/** What is counted, for those who ask for it. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
  onCall(call: MeteredCall): void;
}

/** Answers /metrics; null: there is no such page. */
export function metricsListener(page: MetricsPage | null, next: Listener, log: Log): Listener {
  if (page === null) return next;
  return (request, response) => {
    if (pathOf(request) !== "/metrics") return next(request, response);
    page.text().then(
      (text) => answerText(response, page.contentType, text),
      (error: unknown) => {
        log.error({ error }, "bug: metrics could not be told");
        answerJson(response, 500, { code: "internal", message: "the metrics could not be read" });
      },
    );
  };
}

function answerText(response: Response, contentType: string, text: string): void {
  const headers = { "content-type": contentType, "content-length": Buffer.byteLength(text) };
  (response as ServerResponse).writeHead(200, headers);
  (response as ServerResponse).end(text);
}
