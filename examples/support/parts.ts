import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Part } from "./part.ts";

/** Whoever is called so takes the work of the one before over at once, however that ended. */
const WORKER_NAME = "example";

/** Between two looks for an engine that is starting, and how many there are: a minute. */
const LOOK_MS = 100;
const LOOKS_MAX = 600;

const QUIET = ["--log-level", "error"];

/** What an example is made of, as paths. */
export interface Setting {
  /** Holds the store. */
  readonly folder: string;
  /** The module of the workflow. */
  readonly workflow: string;
  /** The module that makes `this.env`. */
  readonly env: string;
}

/** The two processes that an example needs besides itself, by the commands that `--help` shows. */
export async function engineAndWorker({ folder, workflow, env }: Setting, say: (text: string) => void) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const store = `sqlite:${join(folder, ".perdure", "example.db")}`;
  const engine = new Part("engine", ["server", "--listen", `127.0.0.1:${port}`, "--store", store, ...QUIET], say);
  const served = ["worker", workflow, "--env", env, "--engine", url, "--name", WORKER_NAME];
  const worker = new Part("worker", [...served, ...QUIET], say);
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
