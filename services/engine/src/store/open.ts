import { MemoryStore } from "./memory/memory-store.ts";
import type { Store } from "./store.ts";

/** What opens each kind of URL. */
const OPENERS: Readonly<Record<string, (url: string) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
};

/**
 * Opens the store that a URL names: `memory:`.
 *
 * @throws {Error} with a sentence for the operator when there is no such store.
 */
export async function openStore(url: string): Promise<Store> {
  const scheme = url.slice(0, Math.max(0, url.indexOf(":")));
  const open = OPENERS[scheme];
  if (open === undefined) throw new Error(`"${url}" names no store: give memory:`);
  return open(url);
}
