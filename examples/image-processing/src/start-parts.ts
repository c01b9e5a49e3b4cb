import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FOLDER } from "./start-env.ts";
import { setTimeout as delay } from "node:timers/promises";
import { Part } from "./start-part.ts";

/** Whoever is called so takes the work of the one before over at once, however that ended. */
const WORKER_NAME = "example";

/** Between two looks for an engine that is starting, and how many there are: half a minute. */
const LOOK_MS = 100;
const LOOKS_MAX = 300;

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

/** Resolves when the engine serves. */
export async function served(url: string): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const answer = await fetch(new URL("/readyz", url)).catch(() => null);
    if (answer?.ok === true) return;
    await delay(LOOK_MS);
  }
  throw new Error(`no engine serves at ${url}`);
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
