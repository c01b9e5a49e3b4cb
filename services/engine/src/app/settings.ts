import { randomUUID } from "node:crypto";
import { EngineError } from "../domain/errors.ts";
import type { RunLimits } from "../domain/move.ts";
import { workflowText, type WorkflowName } from "../domain/name.ts";
import type { Retention } from "../domain/state.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { Workflow, Writing } from "../domain/workflow.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";

/** How old what other replicas were told may be here. */
const REFRESH_PAUSE_MS = SECOND_MS;

const PAGE = 500;

/** Attempts to write a workflow before giving up. Ours: each lost race means that somebody else wrote it. */
const RACES_MAX = 20;

/** What holds for a workflow of which nothing was said. */
export interface Defaults {
  readonly retention: Retention;
  readonly limits: RunLimits;
}

export interface SettingsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly defaults: Defaults;
}

/** What was said of workflows, as this replica knows it: at once what it was told itself, a moment later what others were. */
export class Settings {
  readonly #parts: SettingsParts;
  readonly #loop: Loop;
  #known: ReadonlyMap<string, Workflow> = new Map();
  #loaded = false;
  #loading: Promise<void> | null = null;
  /** Writes by this replica: a look that began before one is too old. */
  #writes = 0;
  #onChange: (name: WorkflowName) => void = () => {};

  constructor(parts: SettingsParts) {
    const { clock, log } = parts;
    this.#parts = parts;
    this.#loop = new Loop("settings", REFRESH_PAUSE_MS, () => (this.#loaded ? this.#load() : this.ready()), clock, log);
  }

  start(): void {
    // Alone, a replica is told everything itself: it looks once, when it is first asked.
    if (!this.#parts.store.exclusive) this.#loop.start();
    else void this.ready().catch(() => {});
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Calls after something else is known of a workflow: at once when this replica was told. */
  onChange(call: (name: WorkflowName) => void): void {
    this.#onChange = call;
  }

  /** Whether everything was looked at once. Before, nothing may be decided by it: `ready` waits. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Resolves when `loaded`. @throws {EngineError} STORE_UNAVAILABLE. */
  async ready(): Promise<void> {
    if (this.#loaded) return;
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    await this.#loading;
  }

  get(name: WorkflowName): Workflow | undefined {
    return this.#known.get(workflowText(name));
  }

  all(): Iterable<Workflow> {
    return this.#known.values();
  }

  retention(name: WorkflowName): Retention {
    const { retention } = this.#parts.defaults;
    const own = this.get(name)?.retention;
    return {
      successMs: own?.successMs ?? retention.successMs,
      failureMs: own?.failureMs ?? retention.failureMs,
    };
  }

  limits(name: WorkflowName): RunLimits {
    const { limits } = this.#parts.defaults;
    const own = this.get(name)?.stepLimit ?? null;
    return own === null ? limits : { ...limits, steps: own };
  }

  /** What the store has now. */
  read(name: WorkflowName): Promise<Workflow | undefined> {
    return this.#parts.store.workflow(name);
  }

  /** Writes what a change makes of a workflow; null leaves it as it is. Again when somebody else was faster. */
  async change(
    name: WorkflowName,
    change: (before: Workflow | undefined, writing: Writing) => Workflow | null,
  ): Promise<Workflow | null> {
    const { store, clock } = this.#parts;
    for (let race = 0; race < RACES_MAX; race++) {
      const before = await store.workflow(name);
      const next = change(before, { now: clock.now(), revision: randomUUID() });
      if (next === null) return null;
      if ((await store.putWorkflow(next, before?.revision ?? null)) === "conflict") continue;
      this.#note(name, next);
      return next;
    }
    throw new EngineError("JOURNAL_CONFLICT", "others keep writing to this workflow; try again");
  }

  async forget(name: WorkflowName): Promise<void> {
    await this.#parts.store.deleteWorkflow(name);
    this.#note(name, null);
  }

  #note(name: WorkflowName, workflow: Workflow | null): void {
    const known = new Map(this.#known);
    if (workflow === null) known.delete(workflowText(name));
    else known.set(workflowText(name), workflow);
    this.#known = known;
    this.#writes += 1;
    this.#onChange(name);
  }

  async #load(): Promise<void> {
    for (;;) {
      const writes = this.#writes;
      const known = new Map<string, Workflow>();
      let after: WorkflowName | null = null;
      do {
        const page: readonly Workflow[] = await this.#parts.store.workflows(after, PAGE);
        for (const workflow of page) known.set(workflowText(workflow.name), workflow);
        after = page.length < PAGE ? null : (page.at(-1)?.name ?? null);
      } while (after !== null);
      if (writes !== this.#writes) continue;
      const changed = changedNames(this.#known, known);
      this.#known = known;
      this.#loaded = true;
      for (const name of changed) this.#onChange(name);
      return;
    }
  }
}

function changedNames(before: ReadonlyMap<string, Workflow>, after: ReadonlyMap<string, Workflow>): WorkflowName[] {
  const written = [...after].filter(([key, { revision }]) => before.get(key)?.revision !== revision);
  const gone = [...before].filter(([key]) => !after.has(key));
  return [...written, ...gone].map(([, { name }]) => name);
}
