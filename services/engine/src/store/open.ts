import { MemoryStore } from "./memory/memory-store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import type { Store } from "./store.ts";
import type { OnWritten } from "./written.ts";

export interface StoreOptions {
  readonly onWritten?: OnWritten;
}

/** What opens each kind of URL, given what follows the colon. */
const OPENERS: Readonly<Record<string, (rest: string, onWritten: OnWritten) => Promise<Store>>> = {
  memory: async (_rest, onWritten) => new MemoryStore(onWritten),
  sqlite: openSqlite,
};

/**
 * Opens the store that a URL names: `memory:`, or `sqlite:` and a path.
 *
 * @throws {Error} with a sentence for the operator when there is no such store, or it cannot be opened.
 */
export async function openStore(url: string, { onWritten = () => {} }: StoreOptions = {}): Promise<Store> {
  const scheme = url.slice(0, Math.max(0, url.indexOf(":")));
  const open = OPENERS[scheme];
  if (open === undefined) throw new Error(`"${url}" names no store: give memory: or sqlite:./perdure.db`);
  return open(url.slice(scheme.length + 1), onWritten);
}

async function openSqlite(path: string, onWritten: OnWritten): Promise<Store> {
  if (path === "") throw new Error("sqlite: needs the path of a file, as in sqlite:./perdure.db");
  if (path === ":memory:")
    throw new Error("sqlite::memory: would forget everything, and so does memory: without the detour: give that");
  return SqliteStore.open(path, onWritten);
}
