import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient, MongoServerError } from "mongodb";
import { freePort } from "./free-port.ts";
import { MongodProcess, REPLICA_SET_NAME } from "./mongod-process.ts";

/** A cold start on a busy two-core machine takes 2 to 5 s. */
const START_MS = 60_000;
/** mongod's code for replSetInitiate on a data folder that has been through it. */
const ALREADY_INITIALIZED = 23;

export interface ReplicaSetOptions {
  /** Data folder, kept. Unset means a temporary one that goes with `stop`. */
  readonly dbPath?: string;
  /** Unset means a free one. */
  readonly port?: number;
}

/** Starts a single-node replica set on 127.0.0.1 and waits until it takes writes. */
export async function startReplicaSet(options: ReplicaSetOptions = {}): Promise<ReplicaSet> {
  const temporary = options.dbPath === undefined;
  const dbPath = options.dbPath ?? (await mkdtemp(join(tmpdir(), "perdure-mongod-")));
  const replicaSet = new ReplicaSet(dbPath, options.port ?? (await freePort()), temporary);
  try {
    await replicaSet.start();
    return replicaSet;
  } catch (error) {
    await replicaSet.stop();
    throw error;
  }
}

/** A mongod of one's own. */
export class ReplicaSet implements AsyncDisposable {
  readonly dbPath: string;
  readonly port: number;
  readonly #temporary: boolean;
  #mongod: MongodProcess | undefined;

  constructor(dbPath: string, port: number, temporary: boolean) {
    this.dbPath = dbPath;
    this.port = port;
    this.#temporary = temporary;
  }

  /** Without a database name; the same over restarts. */
  get uri(): string {
    return `mongodb://127.0.0.1:${this.port}/?replicaSet=${REPLICA_SET_NAME}`;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#mongod?.pid;
  }

  /** Starts again on the same data and port, after `kill` or `stop`. */
  async start(): Promise<void> {
    if (this.#mongod !== undefined) throw new Error("this replica set is running");
    this.#mongod = await MongodProcess.spawn({ dbPath: this.dbPath, port: this.port, temporary: this.#temporary });
    try {
      await this.#mongod.until(this.#becomePrimary(), this.dbPath);
    } catch (error) {
      await this.#end("SIGKILL");
      throw error;
    }
  }

  /** Ends it as a power cut would: SIGKILL. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends it in order and keeps a data folder that was given, removes a temporary one. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    if (this.#temporary) await rm(this.dbPath, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const mongod = this.#mongod;
    this.#mongod = undefined;
    await mongod?.end(signal);
  }

  async #becomePrimary(): Promise<void> {
    await using node = this.#client(`mongodb://127.0.0.1:${this.port}/?directConnection=true`);
    const { pid } = await node.db("admin").command({ serverStatus: 1 });
    if (Number(pid) !== this.pid) throw new Error(`port ${this.port} belongs to another mongod, process ${pid}`);
    await initiate(node, `127.0.0.1:${this.port}`);
    await using client = this.#client(this.uri);
    // Waits for a primary before it is sent.
    await client.db("admin").command({ ping: 1 });
  }

  #client(uri: string): MongoClient {
    return new MongoClient(uri, { serverSelectionTimeoutMS: START_MS, minHeartbeatFrequencyMS: 50 });
  }
}

/** Makes `host` the only member, also on data that knew itself by another port. */
async function initiate(node: MongoClient, host: string): Promise<void> {
  const admin = node.db("admin");
  const config = { _id: REPLICA_SET_NAME, members: [{ _id: 0, host }] };
  try {
    await admin.command({ replSetInitiate: config });
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== ALREADY_INITIALIZED) throw error;
    const { config: current } = await admin.command({ replSetGetConfig: 1 });
    if (current.members[0].host === host) return;
    await admin.command({ replSetReconfig: { ...current, ...config, version: current.version + 1 }, force: true });
  }
}
