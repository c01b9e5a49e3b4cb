import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { FromChild, ProjectSummary, ToChild } from "../project/messages.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";

const SCRIPT = new URL(
  import.meta.url.endsWith(".ts") ? "../project/child.ts" : "../project/child.js",
  import.meta.url,
);

/** What a process gets beyond its grace before it is ended by force. */
const KILL_MS = 5_000;

type Load = ToChild & { readonly kind: "load" };

/** What a project turned out to be. */
export interface Loaded {
  readonly summary: ProjectSummary;
  /** Whose change makes it out of date. */
  readonly files: readonly string[];
}

/** A project could not be loaded, or not be served. */
export class ProjectRefused extends CommandRefused {
  /** Whose change may put that right. */
  readonly files: readonly string[];

  constructor(reason: string, message: string, exitCode: ExitCode, files: readonly string[]) {
    super(reason, message, exitCode);
    this.files = files;
  }
}

/** The process that runs one state of a project's code. */
export class ProjectChild {
  readonly #process: ChildProcess;
  /** Resolves with the exit code when it has ended, however. */
  readonly ended: Promise<number | null>;

  constructor() {
    this.#process = fork(fileURLToPath(SCRIPT), { stdio: "inherit" });
    this.ended = once(this.#process, "exit").then(([code]) => code as number | null);
  }

  /** @throws {ProjectRefused} */
  async load(message: Load): Promise<Loaded> {
    const { summary, files } = await this.#ask(message, "loaded");
    return { summary, files };
  }

  /** Resolves when the engine knows it. @throws {ProjectRefused} */
  async serve(): Promise<void> {
    await this.#ask({ kind: "serve" }, "serving");
  }

  /** Hands a connection over. */
  give(socket: Socket): void {
    this.#process.send({ kind: "connection" } satisfies ToChild, socket, { keepOpen: false }, (error) => {
      if (error !== null) socket.destroy();
    });
  }

  /** Resolves when it has ended: in order if it can within the grace and a moment. */
  async stop(graceMs: number): Promise<void> {
    const force = setTimeout(() => this.#process.kill("SIGKILL"), graceMs + KILL_MS);
    if (this.#process.connected) this.#process.send({ kind: "stop", graceMs } satisfies ToChild);
    await this.ended;
    clearTimeout(force);
  }

  async #ask<Kind extends FromChild["kind"]>(
    question: ToChild,
    kind: Kind,
  ): Promise<FromChild & { readonly kind: Kind }> {
    const gone = new AbortController();
    const answer = once(this.#process, "message", { signal: gone.signal }).then(([told]) => told as FromChild);
    answer.catch(() => {});
    this.#process.send(question);
    const told = await Promise.race([answer, this.ended]);
    gone.abort();
    if (typeof told !== "object" || told === null) {
      throw new ProjectRefused("INVALID_MODULE", `the project's process ended with ${told ?? "a signal"}`, 1, []);
    }
    if (told.kind === "refused") {
      throw new ProjectRefused(told.reason, told.message, told.exitCode as ExitCode, told.files);
    }
    if (told.kind === kind) return told as FromChild & { readonly kind: Kind };
    throw new Error(`the project's process said ${told.kind} where it should have said ${kind}`);
  }
}
