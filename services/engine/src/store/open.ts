import { MemoryStore } from "./memory/memory-store.ts";
import { MongoStore } from "./mongo/mongo-store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import type { Store } from "./store.ts";
import type { OnWritten } from "./written.ts";

export interface StoreOptions {
  readonly onWritten?: OnWritten;
}

/** What opens each kind of URL. */
const OPENERS = new Map<string, (url: string, onWritten: OnWritten) => Promise<Store>>([
  ["memory", async (_url, onWritten) => new MemoryStore(onWritten)],
  ["sqlite", openSqlite],
  ["mongodb", (url, onWritten) => MongoStore.open(url, onWritten)],
  ["mongodb+srv", (url, onWritten) => MongoStore.open(url, onWritten)],
]);

const FORMS = "memory:, sqlite:./perdure.db, mongodb://host/database or mongodb+srv://host/database";

/**
 * Opens the store that a URL names: `memory:`, `sqlite:` and a path, `mongodb://…` or `mongodb+srv://…` (the database is
 * `perdure` where the URL names none).
 *
 * @throws {Error} with a sentence for the operator when there is no such store, or it cannot be opened.
 */
export async function openStore(url: string, { onWritten = () => {} }: StoreOptions = {}): Promise<Store> {
  const open = OPENERS.get(url.slice(0, Math.max(0, url.indexOf(":"))));
  if (open === undefined) throw new Error(`"${withoutPassword(url)}" names no store: give ${FORMS}`);
  return open(url, onWritten);
}

async function openSqlite(url: string, onWritten: OnWritten): Promise<Store> {
  const path = url.slice("sqlite:".length);
  if (path === "") throw new Error("sqlite: needs the path of a file, as in sqlite:./perdure.db");
  if (path === ":memory:")
    throw new Error("sqlite::memory: would forget everything, and so does memory: without the detour: give that");
  return SqliteStore.open(path, onWritten);
}

/** Errors are logged, and logs are read by many. */
function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//…@");
}
