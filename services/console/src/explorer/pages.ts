import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Pages } from "../index.ts";

/** Where the explorer is, as in Cloudflare's local development. */
const EXPLORER_PATH = "/cdn-cgi/explorer/";

/** Paths from which a browser is sent there. */
const WAYS_IN: ReadonlySet<string> = new Set(["/", EXPLORER_PATH.slice(0, -1)]);

/** All that the page is made of. */
const FILES: ReadonlySet<string> = new Set([
  "index.html",
  "style.css",
  "icon.svg",
  "actions.js",
  "api.js",
  "create-dialog.js",
  "dialog.js",
  "dom.js",
  "instance-view.js",
  "instances-view.js",
  "journal.js",
  "main.js",
  "place.js",
  "rows.js",
  "step-panel.js",
  "text.js",
  "timeline.js",
  "workflows-view.js",
]);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing from elsewhere, nothing inline, in nobody's frame: what workflows wrote stays text. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page that shows workflows and instances to people. Its data come from the REST interface. */
export function explorerPages(): Pages {
  return {
    serves: (path) => WAYS_IN.has(path) || path.startsWith(EXPLORER_PATH),
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.method !== "GET" && request.method !== "HEAD") return new Response(null, { status: 405 });
      if (WAYS_IN.has(pathname)) return new Response(null, { status: 302, headers: { location: EXPLORER_PATH } });
      const file = pathname.slice(EXPLORER_PATH.length) || "index.html";
      return FILES.has(file) ? fileAnswer(file, request) : new Response("There is nothing here.\n", { status: 404 });
    },
  };
}

/** A browser asks each time, and is told that it has the file already: after an update it has the new one. */
async function fileAnswer(file: string, request: Request): Promise<Response> {
  const bytes = await readFile(join(import.meta.dirname, "page", file));
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  const headers = {
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    etag,
  };
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}
