/**
 * Loaded into an engine before its own modules, in each of its threads. Durability is a setting of a connection that no other
 * connection can see, so it is read on the engine's own, and said every while to a file of its own.
 */
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { threadId } from "node:worker_threads";

const INTERVAL_MS = 50;

// oxlint-disable-next-line typescript/unbound-method -- called with its connection below
const { prepare } = DatabaseSync.prototype;
const connections = new Set<DatabaseSync>();

DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...parameters: Parameters<typeof prepare>) {
  connections.add(this);
  return prepare.apply(this, parameters);
};

setInterval(() => {
  if (connections.size === 0) return;
  const settings = [...connections].filter((connection) => connection.isOpen).map(settingsOf);
  writeFileSync(`${process.env["BENCH_PROBE_FILE"]}.${threadId}`, JSON.stringify(settings));
}, INTERVAL_MS).unref();

function settingsOf(connection: DatabaseSync) {
  const pragma = (name: string) => Object.values(prepare.call(connection, `PRAGMA ${name}`).get() ?? {})[0];
  return { file: connection.location(), journalMode: pragma("journal_mode"), synchronous: pragma("synchronous") };
}
