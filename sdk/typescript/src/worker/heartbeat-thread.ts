/** Entry of the thread that heartbeats: it does nothing else, so a blocked event loop does not lose leases. */
import { createClient } from "@connectrpc/connect";
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import { connectEngine } from "../transport.ts";
import { beat } from "./heartbeat-loop.ts";
import type { HeartbeatMessage, HeartbeatSetup, HeldMessage } from "./heartbeat-messages.ts";
import { HeldRoll } from "./held-roll.ts";

const { engine, session, positions } = workerData as HeartbeatSetup;
const roll = new HeldRoll(positions);
const tell = (message: HeartbeatMessage): void => parentPort?.postMessage(message);

const begun = once(parentPort!, "message");
parentPort?.on("message", (held: HeldMessage) => {
  for (const { place, lease } of held) roll.name(place, lease);
});
tell({ kind: "started" });
await begun;

await beat(
  {
    client: createClient(WorkerService, connectEngine(engine).transport),
    session,
    roll,
    onNotices: (notices) => tell({ kind: "notices", notices }),
    onSessionLost: () => tell({ kind: "sessionLost" }),
    onFailure: (error, failures) => tell({ kind: "failed", error: String(error), failures }),
  },
  // The main thread ends this one as a whole.
  new AbortController().signal,
);
