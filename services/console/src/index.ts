/** What an engine serves besides its RPCs. */
import type { Transport } from "@connectrpc/connect";
import { explorerPages } from "./explorer/pages.ts";
import { restApp } from "./rest/app.ts";

/** What is served at some paths. */
export interface Pages {
  /** Whether a path is theirs. */
  serves(path: string): boolean;
  fetch(request: Request): Promise<Response>;
}

/** Where the paths of the REST interface begin, as in Cloudflare's. */
const REST_PATH = "/client/v4/accounts/";

/** @param transport Leads to the engine whose instances are served. */
export function consolePages(transport: Transport): Pages {
  const rest = restApp(transport);
  const explorer = explorerPages();
  const isRest = (path: string): boolean => path.startsWith(REST_PATH);
  return {
    serves: (path) => isRest(path) || explorer.serves(path),
    fetch: async (request) => (isRest(new URL(request.url).pathname) ? rest.fetch(request) : explorer.fetch(request)),
  };
}
