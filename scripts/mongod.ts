/** A replica set to develop against: prints its URI, runs until interrupted. */
import { parseArgs } from "node:util";
import { startReplicaSet } from "../test/support/replica-set.ts";

const { values } = parseArgs({ options: { "db-path": { type: "string" }, port: { type: "string" } } });

const replicaSet = await startReplicaSet({
  ...(values["db-path"] !== undefined && { dbPath: values["db-path"] }),
  ...(values.port !== undefined && { port: Number(values.port) }),
});
console.log(replicaSet.uri);

const interrupted = new Promise<void>((resolve) => {
  process.once("SIGINT", resolve).once("SIGTERM", resolve);
});
// A process that only waits for signals would end.
const stayAlive = setInterval(() => {}, 60_000);
await interrupted;
clearInterval(stayAlive);
await replicaSet.stop();
