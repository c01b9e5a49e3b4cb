import type { ToChild } from "../project/messages.ts";
import type { Gate } from "./gate.ts";
import { type Loaded, ProjectChild, ProjectRefused } from "./project-child.ts";

/** What steps and requests in flight get to end in when new code takes over. Ours: a person waits for it. */
const RESTART_GRACE_MS = 1_000;

type Load = ToChild & { readonly kind: "load" };

/** Told of what happens after the start. */
export interface ProjectListener {
  readonly loaded: (loaded: Loaded) => void;
  /** @param kept Whether the code before the change still serves. */
  readonly refused: (refused: ProjectRefused, kept: boolean) => void;
  /** The process has ended by itself. */
  readonly died: (code: number | null) => void;
}

/** Keeps a project served: by one process after the other, as its files change. */
export class ProjectServer {
  readonly #message: Load;
  readonly #gate: Gate;
  readonly #listener: ProjectListener;
  #child: ProjectChild | undefined;
  /** Restarts come one after the other. */
  #last: Promise<void> = Promise.resolve();
  #again = false;
  #stopped = false;

  constructor(message: Load, gate: Gate, listener: ProjectListener) {
    this.#message = message;
    this.#gate = gate;
    this.#listener = listener;
  }

  /** @throws {ProjectRefused} when the project cannot be served. */
  start(): Promise<Loaded> {
    return this.#replace();
  }

  /** Serves the project as its files are now; where that cannot be loaded, as before. */
  restart(): void {
    if (this.#again) return;
    this.#again = true;
    this.#last = this.#restartAfter(this.#last);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#last;
    await this.#child?.stop(this.#message.options.grace);
  }

  async #restartAfter(last: Promise<void>): Promise<void> {
    await last;
    // What changes from here on is for the next restart.
    this.#again = false;
    if (this.#stopped) return;
    try {
      this.#listener.loaded(await this.#replace());
    } catch (error) {
      if (!(error instanceof ProjectRefused)) throw error;
      this.#listener.refused(error, this.#child !== undefined);
    }
  }

  async #replace(): Promise<Loaded> {
    const child = new ProjectChild();
    try {
      const loaded = await child.load(this.#message);
      this.#gate.hold();
      await this.#child?.stop(RESTART_GRACE_MS);
      this.#child = child;
      await child.serve();
      this.#gate.open(child);
      void this.#tellOfEnd(child);
      return loaded;
    } catch (error) {
      if (this.#child === child) this.#child = undefined;
      await child.stop(0);
      throw error;
    }
  }

  async #tellOfEnd(child: ProjectChild): Promise<void> {
    const code = await child.ended;
    if (this.#child !== child || this.#stopped) return;
    this.#child = undefined;
    this.#gate.hold();
    this.#listener.died(code);
  }
}
