import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PERDURE = fileURLToPath(import.meta.resolve("@perdure/cli/main"));

/** A process that has lived so long has started well. */
const STARTED_MS = 3_000;

/** Starts in a row that may fail: a store is free again a moment after its engine was killed. */
const FAILED_STARTS_MAX = 20;
const START_AGAIN_MS = 250;

/** What is kept of the last words of a process, in characters. */
const LAST_WORDS_MAX = 4_000;

/** A process of the command `perdure` that is started again whenever it ends. It ends with this one, however that ends. */
export class Part {
  readonly #name: string;
  readonly #args: readonly string[];
  readonly #tell: (text: string) => void;
  readonly #failed = Promise.withResolvers<never>();
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #failedStarts = 0;

  constructor(name: string, args: readonly string[], tell: (text: string) => void) {
    this.#name = name;
    this.#args = args;
    this.#tell = tell;
    this.#failed.promise.catch(() => {});
  }

  /** Rejects when it does not start, however often it is tried. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  start(): void {
    // The channel's end is how the child learns that this process is gone.
    const child = fork(PERDURE, this.#args, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    const startedAt = Date.now();
    let lastWords = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      lastWords = (lastWords + text).slice(-LAST_WORDS_MAX);
    });
    this.#tell(`${this.#name} is process ${child.pid}`);
    this.#child = child;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    child.once("close", (code, signal) => {
      resolve();
      if (!this.#stopping) void this.#startAgain(Date.now() - startedAt, signal ?? `code ${code}`, lastWords);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill("SIGTERM");
    await this.#ended;
  }

  async #startAgain(livedMs: number, how: string, lastWords: string): Promise<void> {
    this.#failedStarts = livedMs < STARTED_MS ? this.#failedStarts + 1 : 0;
    if (this.#failedStarts >= FAILED_STARTS_MAX) {
      this.#failed.reject(new Error(`the ${this.#name} does not start:\n${lastWords}`));
      return;
    }
    // A first failure is news, a row of them is a wait.
    if (this.#failedStarts <= 1) this.#tell(`${this.#name} has ended with ${how}; it is started again`);
    await delay(START_AGAIN_MS);
    if (!this.#stopping) this.start();
  }
}
