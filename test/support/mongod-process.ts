import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { guard } from "./guardian.ts";
import { findMongod } from "./mongod-binary.ts";

export const REPLICA_SET_NAME = "perdure";

/** Several run beside the tests on small machines; the default is half of the memory each. */
const CACHE_GB = 0.5;
const OPLOG_MB = 512;

export interface MongodOptions {
  readonly dbPath: string;
  readonly port: number;
  /** Removed should this process die before it could. */
  readonly temporary: boolean;
}

/** One running mongod process. It does not keep this process alive, and never outlives it. */
export class MongodProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;

  private constructor(child: ChildProcess, gone: Promise<unknown>) {
    this.#child = child;
    this.#gone = gone;
  }

  static async spawn({ dbPath, port, temporary }: MongodOptions): Promise<MongodProcess> {
    // prettier-ignore
    const child = spawn(await findMongod(), [
      "--dbpath", dbPath, "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket",
      "--replSet", REPLICA_SET_NAME, "--oplogSize", String(OPLOG_MB),
      "--wiredTigerCacheSizeGB", String(CACHE_GB),
      "--logpath", join(dbPath, "mongod.log"), "--logappend", "--quiet",
      "--setParameter", "diagnosticDataCollectionEnabled=false",
      // Nobody else needs notice of a stop: the default waits 15 s for clients to move on.
      "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0",
    ], { stdio: "ignore" });
    await once(child, "spawn");
    const gone = once(child, "exit");
    child.unref();
    const callOff = guard(child.pid!, temporary ? dbPath : undefined);
    return new MongodProcess(child, gone.finally(callOff));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Waits for `ready`; throws with the last of the log when the process ends before. */
  async until<T>(ready: Promise<T>, dbPath: string): Promise<T> {
    const ended = this.#gone.then(async () => {
      const log = await readFile(join(dbPath, "mongod.log"), "utf8").catch(() => "(it left no log)");
      throw new Error(`mongod ended while starting:\n${log.split("\n").slice(-10).join("\n")}`);
    });
    return Promise.race([ready, ended]);
  }

  /** Sends the signal and resolves when the process is gone. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.#child.ref();
    this.#child.kill(signal);
    await this.#gone;
  }
}
