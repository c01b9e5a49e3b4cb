import { cors } from "@connectrpc/connect";
import { HOUR_MS, SECOND_MS } from "../domain/time.ts";
import type { Listener, Request, Response } from "./answer.ts";

/** How long a browser need not ask again. Chromium takes no more than two hours. */
const PREFLIGHT_MS = 2 * HOUR_MS;

/** Lets pages of these origins call by Connect and gRPC-Web; "*" lets all. Without an origin nothing changes. */
export function corsListener(origins: readonly string[], next: Listener): Listener {
  if (origins.length === 0) return next;
  return (request, response) => {
    const origin = request.headers.origin;
    if (origin !== undefined && (origins.includes("*") || origins.includes(origin))) allow(origin, response);
    if (!isPreflight(request)) return next(request, response);
    response.statusCode = 204;
    response.end();
  };
}

function allow(origin: string, response: Response): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "origin");
  response.setHeader("access-control-expose-headers", cors.exposedHeaders.join(", "));
  response.setHeader("access-control-allow-methods", cors.allowedMethods.join(", "));
  response.setHeader("access-control-allow-headers", cors.allowedHeaders.join(", "));
  response.setHeader("access-control-max-age", String(PREFLIGHT_MS / SECOND_MS));
}

function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}
