import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { INDEXES, TABLES } from "./schema.ts";

/** How long another process may take to let go of the file, in milliseconds: one that is just ending. */
const BUSY_MS = 2_000;

/** Pages of 4 KiB in the WAL before they are moved to the file, which stops the writers: 32 MiB, a stop of about 30 ms. */
const CHECKPOINT_PAGES = 8_000;

/** Kept in memory of the file. Above the default of 2 MiB, or pages in use are read again for each commit. */
const CACHE_KIB = 65_536;

/** The version of the tables: 2 has blobs, workflows and removals. A file with a newer one is refused. */
export const SCHEMA_VERSION = 4;

/** Marks a file as ours: "Perd". */
const APPLICATION_ID = 0x50657264;

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/**
 * Opens a file for this process alone, durable at each commit, with the tables of this version. The lock is the operating
 * system's: it goes with the process, however that ends.
 *
 * @throws {Error} with a sentence for the operator.
 */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    // Before the first access to the WAL: it then needs no shared memory, and the lock is held from then on.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    database.exec("BEGIN EXCLUSIVE");
    prepareSchema(database, path);
    database.exec("COMMIT");
    return database;
  } catch (error) {
    database.close();
    throw explained(error, path);
  }
}

function prepareSchema(database: DatabaseSync, path: string): void {
  const version = pragma(database, "user_version");
  if (pragma(database, "application_id") === APPLICATION_ID) {
    if (version > SCHEMA_VERSION) {
      throw new Error(
        `${path} was written by a newer version (its schema is ${version}, this engine knows ${SCHEMA_VERSION}): start that one`,
      );
    }
    if (version < SCHEMA_VERSION) createTables(database);
    return;
  }
  const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
  if (version !== 0 || tables > 0) throw new Error(`${path} is a database of another program: give a file of its own`);
  createTables(database);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

function createTables(database: DatabaseSync): void {
  for (const statement of [...TABLES, ...INDEXES]) database.exec(statement);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

export function pragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get() ?? {};
  return Number(Object.values(row)[0]);
}

/** SQLite's primary code, or undefined when it was not SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

function explained(error: unknown, path: string): unknown {
  switch (sqliteCode(error)) {
    case SQLITE_BUSY:
      return new Error(`${path} is in use by another process: only one engine can own a file; stop the other one`, {
        cause: error,
      });
    case SQLITE_NOTADB:
      return new Error(`${path} is not an SQLite database`, { cause: error });
    case undefined:
      return error;
    default:
      return new Error(`cannot open ${path}: ${(error as Error).message}`, { cause: error });
  }
}
