import { Gauge, type Registry } from "prom-client";
import type { Clock } from "../app/clock.ts";
import type { Status } from "../domain/lifecycle.ts";
import { DEFAULT_NAMESPACE } from "../domain/name.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import { WORKFLOWS_MAX, type WorkflowLabels, type WorkflowNames } from "./workflow-labels.ts";

/** A count is told again until it is so old, or ten times as old as it took: counting never is what a store mostly does. */
const COUNT_AGE_MS_MIN = 10 * SECOND_MS;
const COUNT_SHARE = 10;

interface Counted extends WorkflowLabels {
  readonly counts: ReadonlyMap<Status, number>;
}

export interface StatusCountsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly names: WorkflowNames;
}

/** Tells how many instances there are: of the whole store, so the same from each replica. */
export function meterStatuses(register: Registry, parts: StatusCountsParts): void {
  const counter = new StatusCounter(parts);
  const gauge: Gauge<"namespace" | "workflow" | "status"> = new Gauge({
    name: "perdure_instances",
    help: "Instances that the store has, by workflow and status; the same from every replica.",
    labelNames: ["namespace", "workflow", "status"],
    registers: [register],
    async collect() {
      const counted = await counter.count();
      gauge.reset();
      for (const { namespace, workflow, counts } of counted)
        for (const [status, count] of counts) gauge.inc({ namespace, workflow, status }, count);
    },
  });
}

class StatusCounter {
  readonly #parts: StatusCountsParts;
  #counted: readonly Counted[] = [];
  #freshUntil: EpochMs = 0;
  #counting: Promise<void> | null = null;

  constructor(parts: StatusCountsParts) {
    this.#parts = parts;
  }

  /** What was counted last. A store that does not answer costs only these lines. */
  async count(): Promise<readonly Counted[]> {
    if (this.#parts.clock.now() >= this.#freshUntil) {
      this.#counting ??= this.#recount().finally(() => (this.#counting = null));
      await this.#counting;
    }
    return this.#counted;
  }

  async #recount(): Promise<void> {
    const { store, clock, names } = this.#parts;
    const startedAt = clock.now();
    const counted: Counted[] = [];
    try {
      for (const namespace of new Set([DEFAULT_NAMESPACE, ...names.namespaces()])) {
        for (const workflow of await store.workflowsWithInstances(namespace, "", WORKFLOWS_MAX)) {
          const counts = await store.countByStatus({ namespace, workflow });
          counted.push({ ...names.labels({ namespace, workflow }), counts });
        }
      }
      this.#counted = counted;
    } catch {
      // Nothing is better than what was true once: the store's own lines tell why.
      this.#counted = [];
    }
    const now = clock.now();
    this.#freshUntil = now + Math.max(COUNT_AGE_MS_MIN, COUNT_SHARE * (now - startedAt));
  }
}
