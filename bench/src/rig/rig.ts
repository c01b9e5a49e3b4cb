import { once } from "node:events";
import { join } from "node:path";
import { createClient } from "perdure/client";
import type { Client, InstanceHandle } from "perdure/client";
import { until } from "../measure/until.ts";
import type { Cast, Role } from "../measure/usage.ts";
import type { Sleepers, WorkerQuestion } from "../worker-questions.ts";
import type * as workflows from "../workflows.ts";
import { Child } from "./child.ts";
import { DataFolder } from "./data-folder.ts";
import { startEngine } from "./engine.ts";
import { startStore } from "./store.ts";
import type { StoreKind } from "./store.ts";

const WORKER = join(import.meta.dirname, "..", "worker.ts");

type WorkflowName = keyof typeof workflows;

/** What is given to a process beyond what a user would. */
export interface ChildSettings {
  readonly nodeOptions: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const AS_A_USER: ChildSettings = { nodeOptions: [] };

export type SettingsFor = (role: "engine" | "worker", folder: DataFolder) => ChildSettings;

/** An empty store, an engine on it, a worker and a client: four processes at most, this one being the client. */
export async function startRig(kind: StoreKind, settingsFor: SettingsFor = () => AS_A_USER): Promise<Rig> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await DataFolder.create());
  const store = await startStore(kind, folder);
  started.defer(() => store.stop());
  const { engine, url, description } = await startEngine(store.url, folder, settingsFor("engine", folder));
  started.defer(() => engine.end());
  const startWorker = async (): Promise<Child> => {
    const settings = settingsFor("worker", folder);
    const command = [WORKER, url];
    const child = await Child.spawn({ name: "worker", command, logFile: folder.file("worker.log"), ...settings });
    await child.until(once(child.process, "message"));
    return child;
  };
  const worker = await startWorker();
  started.defer(() => worker.end());
  const client = createClient({ engine: url });
  started.defer(async () => client.close());

  const cast = new Map<Role, number>([["engine", engine.pid]]);
  if (store.mongodPid !== undefined) cast.set("mongod", store.mongodPid);
  cast.set("worker", worker.pid).set("client", process.pid);
  return new Rig({
    folder,
    cast,
    description,
    storeUrl: store.url,
    client,
    worker,
    startWorker,
    processes: started.move(),
  });
}

interface RigParts {
  readonly folder: DataFolder;
  readonly cast: Cast;
  readonly description: string;
  readonly storeUrl: string;
  readonly client: Client;
  readonly worker: Child;
  readonly startWorker: () => Promise<Child>;
  readonly processes: AsyncDisposableStack;
}

export class Rig implements AsyncDisposable {
  readonly folder: DataFolder;
  readonly cast: Cast;
  /** The store, as the engine names it. */
  readonly description: string;
  readonly storeUrl: string;
  readonly #client: Client;
  #worker: Child;
  readonly #startWorker: () => Promise<Child>;
  readonly #processes: AsyncDisposableStack;

  constructor(parts: RigParts) {
    this.folder = parts.folder;
    this.cast = parts.cast;
    this.description = parts.description;
    this.storeUrl = parts.storeUrl;
    this.#client = parts.client;
    this.#worker = parts.worker;
    this.#startWorker = parts.startWorker;
    this.#processes = parts.processes;
  }

  create(workflow: WorkflowName, params: unknown): Promise<InstanceHandle> {
    return this.#client.workflow(workflow).create({ params });
  }

  /** Creates an instance and waits for its output. */
  async runToEnd(workflow: WorkflowName, params: unknown): Promise<unknown> {
    const instance = await this.create(workflow, params);
    return instance.result();
  }

  /** Puts another worker, with nothing in memory, in the place of the first. `cast` still has the first. */
  async replaceWorker(): Promise<void> {
    await this.#worker.end();
    const worker = await this.#startWorker();
    this.#processes.defer(() => worker.end());
    this.#worker = worker;
  }

  /** Waits until an instance waits. */
  async untilWaiting(instance: InstanceHandle, { everyMs = 2, timeoutMs = 10_000 } = {}): Promise<void> {
    await until("an instance waiting", everyMs, timeoutMs, async () => (await instance.status()).status === "waiting");
  }

  sleepers(): Promise<Sleepers> {
    return this.#ask<Sleepers>("sleepers");
  }

  /** How late each sleeper went on, in milliseconds. */
  lateness(): Promise<readonly number[]> {
    return this.#ask<readonly number[]>("lateness");
  }

  async forgetSleepers(): Promise<void> {
    await this.#ask("forget sleepers");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#processes.disposeAsync();
  }

  /** One question at a time: answers come in order, but do not say what they answer. */
  async #ask<T>(question: WorkerQuestion): Promise<T> {
    const answered = once(this.#worker.process, "message");
    this.#worker.process.send(question);
    const [answer] = await answered;
    return answer as T;
  }
}
