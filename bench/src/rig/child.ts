import { spawn } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { guard } from "../../../test/support/guardian.ts";

/** A process that has not come to its end by then is killed. Long enough for an engine to drain. */
const END_MS = 20_000;

/** Of a process that ended while starting: enough for an error with its stack. */
const LOG_LINES = 30;

/** A module to import into a child whose Node options its threads are to have too. */
export const THREADS_INHERIT = join(import.meta.dirname, "threads-inherit.ts");

export interface ChildOptions {
  /** For messages: "engine". */
  readonly name: string;
  /** The module to run, then its arguments. */
  readonly command: readonly string[];
  readonly nodeOptions: readonly string[];
  /** Takes what it prints. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A Node process of the rig. It never outlives this one. */
export class Child {
  readonly process: ChildProcess;
  readonly #options: ChildOptions;
  readonly #gone: Promise<unknown>;

  private constructor(child: ChildProcess, options: ChildOptions) {
    this.process = child;
    this.#options = options;
    this.#gone = once(child, "exit").finally(guard(child.pid!, undefined));
  }

  static async spawn(options: ChildOptions): Promise<Child> {
    const log = openSync(options.logFile, "a");
    const stdio: StdioOptions = ["ignore", log, log, "ipc"];
    const env = { ...inherited(), ...options.env };
    const child = spawn(process.execPath, [...options.nodeOptions, ...options.command], { stdio, env });
    closeSync(log);
    await once(child, "spawn");
    return new Child(child, options);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** What it has printed. */
  async log(): Promise<string> {
    return readFile(this.#options.logFile, "utf8");
  }

  /** Waits for `ready`; throws with the end of its log when the process ends before. */
  async until<T>(ready: Promise<T>): Promise<T> {
    const ended = this.#gone.then(async () => {
      const lines = (await this.log()).trimEnd().split("\n");
      throw new Error(`the ${this.#options.name} ended while starting:\n${lines.slice(-LOG_LINES).join("\n")}`);
    });
    return Promise.race([ready, ended]);
  }

  /** Ends it in order, as an operator would. */
  async end(): Promise<void> {
    const kill = setTimeout(() => this.process.kill("SIGKILL"), END_MS);
    this.process.kill("SIGTERM");
    await this.#gone;
    clearTimeout(kill);
  }
}

/** The environment without what would configure an engine or a worker otherwise than by default. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PERDURE_")));
}
