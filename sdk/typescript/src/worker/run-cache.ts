import { WorkflowInternalError } from "../errors.ts";
import { instanceText } from "./instance-identity.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { Run } from "./run.ts";

/** Suspended runs of instances that were given back, so that a wake need not replay: the least recently used go first. */
export class RunCache {
  readonly #size: number;
  readonly #runs = new Map<string, { readonly run: Run; readonly position: number }>();

  /** @param size Runs kept at most. */
  constructor(size: number) {
    this.#size = size;
  }

  get size(): number {
    return this.#runs.size;
  }

  /** Keeps a run that has seen the journal up to a position. */
  put(run: Run, position: number): void {
    this.#runs.set(instanceText(run.identity), { run, position });
    for (const [key, oldest] of this.#runs) {
      if (this.#runs.size <= this.#size) return;
      this.#runs.delete(key);
      oldest.run.kill(new WorkflowInternalError("the suspended run was dropped to make room"));
    }
  }

  /** Takes the run of an instance out, if it is of the same life and has seen exactly so much; another one is dropped. */
  take(identity: InstanceIdentity, position: number): Run | null {
    const key = instanceText(identity);
    const kept = this.#runs.get(key);
    if (kept === undefined) return null;
    this.#runs.delete(key);
    const { run, createdAtMs } = kept.run.identity;
    if (kept.position === position && run === identity.run && createdAtMs === identity.createdAtMs) return kept.run;
    kept.run.kill(new WorkflowInternalError("the suspended run is out of date"));
    return null;
  }

  clear(): void {
    for (const { run } of this.#runs.values()) run.kill(new WorkflowInternalError("the worker's session has ended"));
    this.#runs.clear();
  }
}
