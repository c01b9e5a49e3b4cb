import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { EngineError } from "../../domain/errors.ts";
import type { OnWritten } from "../written.ts";
import type { OperationName, Operations, Outcome, Requests, ThreadMessage, Written } from "./operations.ts";

/** Beside this file: as a source, or as it was built. */
const THREAD = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: EngineError) => void;
}

/** The way to the thread that owns the file. What is asked for in one turn goes in one message. */
export class ThreadLink {
  /** Of SQLite. */
  readonly version: string;
  readonly #worker: Worker;
  readonly #onWritten: OnWritten;
  readonly #waiting: Waiting[] = [];
  #outbox: [OperationName, readonly unknown[]][] = [];
  /** Why nothing can be asked for any more. */
  #ended: EngineError | undefined;

  private constructor(worker: Worker, version: string, onWritten: OnWritten) {
    this.#worker = worker;
    this.version = version;
    this.#onWritten = onWritten;
    worker.on("message", (message: ThreadMessage) => {
      if (message.kind === "outcomes") this.#settle(message.outcomes, message.written);
    });
    worker.on("error", (cause: Error) => this.#end(`the store's thread has failed: ${cause.message}`, cause));
    worker.on("exit", () => this.#end("the store is closed"));
  }

  /** @throws {Error} with a sentence for the operator. */
  static async open(path: string, onWritten: OnWritten): Promise<ThreadLink> {
    // SQLite in Node says on standard error that it is experimental, in versions that this engine still runs on.
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    const worker = new Worker(THREAD, { workerData: { path }, execArgv, name: "sqlite" });
    const [message] = (await once(worker, "message")) as [ThreadMessage];
    if (message.kind !== "opened")
      throw new Error(message.kind === "refused" ? message.why : "the store's thread did not start");
    return new ThreadLink(worker, message.version, onWritten);
  }

  /** @throws {EngineError} STORE_UNAVAILABLE when the outcome is unknown. */
  async ask<K extends OperationName>(
    name: K,
    ...values: Parameters<Operations[K]>
  ): Promise<ReturnType<Operations[K]>> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#outbox.length === 0) setImmediate(() => this.#flush());
    this.#outbox.push([name, values]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Resolves when everything asked for before is on disk and the file is free for another process. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#flush();
    this.#ended = new EngineError("STORE_UNAVAILABLE", "the store is closed");
    this.#post(null);
    await once(this.#worker, "exit");
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const requests = this.#outbox;
    this.#outbox = [];
    this.#post(requests);
  }

  #post(message: Requests | null): void {
    this.#worker.postMessage(message);
  }

  #settle(outcomes: readonly Outcome[], written: Written): void {
    for (const [collection, rows] of Object.entries(written)) {
      if (rows > 0) this.#onWritten(collection as keyof Written, rows);
    }
    const settled = this.#waiting.splice(0, outcomes.length);
    outcomes.forEach((outcome, index) => {
      const { resolve, reject } = settled[index]!;
      if ("value" in outcome) resolve(outcome.value);
      else
        reject(new EngineError("STORE_UNAVAILABLE", `SQLite: ${outcome.error.message}`, {}, { cause: outcome.error }));
    });
  }

  #end(why: string, cause?: Error): void {
    this.#ended ??= new EngineError("STORE_UNAVAILABLE", why, {}, { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
