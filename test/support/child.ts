import { spawn, type ChildProcess } from "node:child_process";

/** Those that run now. A test that fails before it has disposed of one must not leave it behind. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A process of a test: its output is kept, its end can be awaited, and it never outlives the test. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals>;
  #output = "";
  readonly #listeners = new Set<() => void>();

  /** Runs a TypeScript file on the Node that runs the test. */
  static node(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
    return new Child(process.execPath, [script, ...args], env);
  }

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    running.add(this.#process);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        for (const listener of this.#listeners) listener();
      });
    }
    this.#ended = new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("close", (code, signal) => {
        running.delete(this.#process);
        resolve(signal ?? code ?? 0);
        for (const listener of this.#listeners) listener();
      });
    });
  }

  /** Resolves with the exit code, or the signal that ended it. */
  get ended(): Promise<number | NodeJS.Signals> {
    return this.#ended;
  }

  /** What it has printed so far, on both streams. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with the match once the output fits; rejects when the process has ended without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.#output);
        if (match === null && this.#process.exitCode === null && this.#process.signalCode === null) return;
        this.#listeners.delete(look);
        if (match === null) reject(new Error(`the process ended and did not print ${pattern}:\n${this.#output}`));
        else resolve(match);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Ends it without warning, as a power cut would. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  /** Asks it to end, and returns how it did. */
  async stop(): Promise<number | NodeJS.Signals> {
    this.#process.kill("SIGTERM");
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
