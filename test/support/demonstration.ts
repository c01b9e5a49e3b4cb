import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";

/** An example, run as its user would, with a folder of its own for what it keeps. */
export class Demonstration implements AsyncDisposable {
  readonly #example: string;
  readonly #folder: string;
  #child: Child;

  static async of(example: string): Promise<Demonstration> {
    return new Demonstration(example, await mkdtemp(join(tmpdir(), `perdure-${example}-`)));
  }

  private constructor(example: string, folder: string) {
    this.#example = example;
    this.#folder = folder;
    this.#child = this.#start();
  }

  get ended(): Promise<number | NodeJS.Signals> {
    return this.#child.ended;
  }

  get output(): string {
    return this.#child.output;
  }

  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#child.printed(pattern);
  }

  /** Where it keeps something, as a path. */
  kept(name: string): string {
    return join(this.#folder, ".perdure", name);
  }

  /** Ends a process of it without warning. The newest of this name is meant. */
  async kill(name: "engine" | "worker" | "caller"): Promise<void> {
    await this.printed(new RegExp(`^${name} is process`, "m"));
    const pids = [...this.output.matchAll(new RegExp(String.raw`^${name} is process (\d+)$`, "gm"))];
    process.kill(Number(pids.at(-1)?.[1]), "SIGKILL");
    if (name === "caller") await this.ended;
    else await this.printed(new RegExp(`^${name} has ended with SIGKILL; it is started again$`, "m"));
  }

  /** Types the command again, after the caller has ended. */
  startAgain(): void {
    this.#child = this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #start(): Child {
    const command = ["start", "--silent", "--workspace", `examples/${this.#example}`];
    return new Child("npm", command, { PERDURE_EXAMPLE_FOLDER: this.#folder });
  }
}
