import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FOLDER } from "./start-env.ts";
import { Part } from "./start-part.ts";

/** Whoever is called so takes the work of the one before over at once, however that ended. */
const WORKER_NAME = "example";

const QUIET = ["--log-level", "error"];

/** The two processes that the example needs besides itself, by the commands that `--help` shows. */
export async function engineAndWorker(say: (text: string) => void) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const store = `sqlite:${join(FOLDER, ".perdure", "example.db")}`;
  const engine = new Part("engine", ["server", "--listen", `127.0.0.1:${port}`, "--store", store, ...QUIET], say);
  const modules = [file("workflow.ts"), "--env", file("start-env.ts")];
  const worker = new Part("worker", ["worker", ...modules, "--engine", url, "--name", WORKER_NAME, ...QUIET], say);
  return { engine, worker, url };
}

/** Found once, so that an engine that is started again is where the worker looks for it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
