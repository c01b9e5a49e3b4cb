import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { openDatabase } from "./database.ts";
import { fileOperations } from "./file-operations.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Requests, ThreadMessage } from "./operations.ts";

/** Messages taken together at most, so that the first one is answered before the last has come. */
const MESSAGES_MAX = 256;

/**
 * The thread that owns the file. It takes all requests that wait, does them in one transaction, and answers when they
 * are on disk. Null asks it to end.
 */
function serve(port: MessagePort, path: string): void {
  const say = (message: ThreadMessage) => port.postMessage(message);
  let database;
  try {
    database = openDatabase(path);
  } catch (error) {
    say({ kind: "refused", why: (error as Error).message });
    port.close();
    return;
  }
  const commit = new GroupCommit(database, fileOperations(database));
  const { version } = database.prepare("SELECT sqlite_version() AS version").get() as { version: string };
  say({ kind: "opened", version });
  port.on("message", (first: Requests | null) => {
    const messages = [first, ...waiting(port)];
    const requests = messages.flatMap((message) => message ?? []);
    if (requests.length > 0) say({ kind: "outcomes", ...commit.run(requests) });
    if (!messages.includes(null)) return;
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    port.close();
  });
}

function waiting(port: MessagePort): readonly (Requests | null)[] {
  const messages: (Requests | null)[] = [];
  while (messages.length < MESSAGES_MAX) {
    const next = receiveMessageOnPort(port);
    if (next === undefined) break;
    messages.push(next.message as Requests | null);
  }
  return messages;
}

if (parentPort !== null) serve(parentPort, (workerData as { readonly path: string }).path);
