/**
 * Loaded into an engine before its own modules, in each of its threads. Durability is a setting of a connection that no other
 * connection can see, so it is read on the engine's own, and written every while to a file of the thread's own.
 */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { threadId } from "node:worker_threads";
import type { Settings } from "./sqlite.ts";

const INTERVAL_MS = 50;

// oxlint-disable-next-line typescript/unbound-method -- called with its connection below
const { prepare } = DatabaseSync.prototype;
const connections = new Set<DatabaseSync>();

DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...parameters: Parameters<typeof prepare>) {
  connections.add(this);
  return prepare.apply(this, parameters);
};

setInterval(() => {
  const folder = process.env["BENCH_PROBE_FOLDER"]!;
  // The folder is made when somebody wants to know.
  if (connections.size === 0 || !existsSync(folder)) return;
  const settings = [...connections].filter((connection) => connection.isOpen).map(settingsOf);
  const file = join(folder, `${threadId}.json`);
  // Renamed into place: whoever reads it finds it whole.
  writeFileSync(`${file}.new`, JSON.stringify(settings));
  renameSync(`${file}.new`, file);
}, INTERVAL_MS).unref();

function settingsOf(connection: DatabaseSync): Settings {
  const pragma = (name: string) => Object.values(prepare.call(connection, `PRAGMA ${name}`).get() ?? {})[0];
  return {
    file: connection.location() ?? "",
    journalMode: String(pragma("journal_mode")),
    synchronous: Number(pragma("synchronous")),
  };
}
