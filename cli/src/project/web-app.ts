import { inspect } from "node:util";
import { createExecutionContext } from "perdure/cloudflare/execution-context";
import type { Log } from "perdure/worker";
import { type Background, errorOf } from "./background.ts";
import type { Handlers } from "./handlers.ts";
import { scheduledController } from "./scheduled-controller.ts";

/** Where wrangler, in one version or another, lets `scheduled` be called by hand. */
const SCHEDULED_PATHS = ["/cdn-cgi/handler/scheduled", "/cdn-cgi/local/scheduled", "/cdn-cgi/mf/scheduled"];
const SCHEDULED_PATH_WITH_TEXT = "/__scheduled";

/** Pages of other sites must not make a browser call it, whatever name they give this machine. */
const LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** A Worker as it is called while it is developed: its handlers, and what happens when one fails. */
export class WebApp {
  readonly #handlers: Handlers;
  readonly #background: Background;
  readonly #log: Log;
  readonly #now: () => number;

  constructor(handlers: Handlers, background: Background, log: Log, now: () => number = Date.now) {
    this.#handlers = handlers;
    this.#background = background;
    this.#log = log;
    this.#now = now;
  }

  /** Answers a request. Never throws. */
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === SCHEDULED_PATH_WITH_TEXT || SCHEDULED_PATHS.includes(url.pathname)) {
      return this.#fetchScheduled(url);
    }
    if (this.#handlers.fetch === undefined) return text(501, "The module's default export has no fetch handler.");
    try {
      const response = await this.#handlers.fetch(request, this.#context());
      if (isResponse(response)) return response;
      throw new TypeError(`fetch returned ${inspect(response, { depth: 0 })}, which is no Response`);
    } catch (thrown) {
      const error = errorOf(thrown);
      // Nobody is left to be told, and the handler may have ended because of that.
      if (!request.signal.aborted) this.#log.error({ method: request.method, url: request.url, error }, "fetch failed");
      return text(500, error.stack ?? String(error));
    }
  }

  /** Calls the `scheduled` handler. @returns Whether it went well; what it throws is logged. */
  async scheduled(cron: string, scheduledTime: number): Promise<boolean> {
    try {
      await this.#handlers.scheduled?.(scheduledController(cron, scheduledTime), this.#context());
      return true;
    } catch (thrown) {
      this.#log.error({ cron, scheduledTime, error: errorOf(thrown) }, "scheduled failed");
      return false;
    }
  }

  async #fetchScheduled(url: URL): Promise<Response> {
    if (!LOCAL_NAMES.includes(url.hostname)) return text(403, "It is called by the name of this machine only.");
    if (this.#handlers.scheduled === undefined) {
      return text(501, "The module's default export has no scheduled handler.");
    }
    const time = url.searchParams.get("time");
    const at = time === null ? this.#now() : Number(time);
    if (!Number.isSafeInteger(at)) return text(400, `time is in ms since the epoch, not ${inspect(time)}.`);
    const ok = await this.scheduled(url.searchParams.get("cron") ?? "", at);
    if (url.pathname === SCHEDULED_PATH_WITH_TEXT && ok) return text(200, "Ran scheduled event");
    const outcome = ok ? "ok" : "exception";
    const status = ok ? 200 : 500;
    if (url.searchParams.get("format") === "json") return Response.json({ outcome, noRetry: false }, { status });
    return text(status, outcome);
  }

  #context() {
    return createExecutionContext((promise) => this.#background.add(promise));
  }
}

/** Of this process's class, or of another's that looks the same: bindings may answer with theirs. */
function isResponse(value: unknown): value is Response {
  if (value instanceof Response) return true;
  return typeof value === "object" && value !== null && "status" in value && "headers" in value && "body" in value;
}

function text(status: number, body: string): Response {
  return new Response(`${body}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
