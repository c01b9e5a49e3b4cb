import type { ServerResponse } from "node:http";
import { createRequest, sendResponse } from "@remix-run/node-fetch-server";
import type { Log } from "../app/log.ts";
import { answerJson, pathOf, type Listener, type Request, type Response as Answer } from "./answer.ts";

/** What is served to browsers and plain HTTP clients beside the RPCs. */
export interface WebPages {
  /** Whether a path is theirs. */
  serves(path: string): boolean;
  fetch(request: globalThis.Request): Promise<globalThis.Response>;
}

const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Serves pages; every other path goes to `fallback`.
 *
 * @param origins Pages of these may change things; "*" for all. Others only see what the engine itself serves them.
 */
export function webListener(pages: WebPages, origins: readonly string[], log: Log, fallback: Listener): Listener {
  return (request, response) => {
    if (!pages.serves(pathOf(request))) return fallback(request, response);
    if (!READS.has(request.method ?? "") && isForeign(request, origins)) {
      return answerJson(response, 403, { code: "permission_denied", message: "pages of other sites may not do this" });
    }
    serve(pages, request, response).catch((error: unknown) => {
      log.error({ path: pathOf(request), error }, "page could not be served");
      response.destroy();
    });
  };
}

async function serve(pages: WebPages, request: Request, response: Answer): Promise<void> {
  // The library reads what HTTP/1.1 and HTTP/2 have in common; its types name the former.
  const to = response as ServerResponse;
  await sendResponse(to, await pages.fetch(createRequest(request, to)));
}

/** Whether a browser says that a page of another site asks. */
function isForeign({ headers }: Request, origins: readonly string[]): boolean {
  const { origin } = headers;
  if (origin === undefined || origins.includes(origin) || origins.includes("*")) return false;
  const host = headers[":authority"] ?? headers.host;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
