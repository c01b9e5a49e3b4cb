import { EngineError } from "../domain/errors.ts";
import type { LifecycleEvent } from "../domain/lifecycle-event.ts";
import type { WorkflowName } from "../domain/name.ts";
import { nextDue } from "../domain/schedule.ts";
import type { EpochMs } from "../domain/time.ts";
import { settingsOf, withSettings, type Workflow, type WorkflowSettings } from "../domain/workflow.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import { watchLifecycle, type LifecycleFilter, type LifecycleParts } from "./lifecycle-watch.ts";
import type { Settings } from "./settings.ts";
import type { WorkflowApi, WorkflowView } from "./workflow-api.ts";

export interface WorkflowsParts extends LifecycleParts {
  readonly settings: Settings;
}

/** The use cases of workflows as such. */
export class Workflows implements WorkflowApi {
  readonly #parts: WorkflowsParts;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settings: Settings;

  constructor(parts: WorkflowsParts) {
    this.#parts = parts;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
  }

  async put(name: WorkflowName, settings: WorkflowSettings): Promise<WorkflowView> {
    await this.#settings.ready();
    const workflow = await this.#settings.change(name, (before, writing) =>
      withSettings(before, name, settings, writing),
    );
    return this.#view(name, workflow ?? undefined);
  }

  async get(name: WorkflowName): Promise<WorkflowView> {
    const view = await this.#view(name, await this.#store.workflow(name));
    if (view.said !== null || view.counts.size > 0) return view;
    throw new EngineError("WORKFLOW_NOT_FOUND", `workflow "${name.workflow}" has neither settings nor instances`, {
      workflow: name.workflow,
    });
  }

  async list(namespace: string, after: string, limit: number): Promise<readonly WorkflowView[]> {
    await this.#settings.ready();
    const said = [...this.#settings.all()].flatMap(({ name }) =>
      name.namespace === namespace && name.workflow > after ? [name.workflow] : [],
    );
    const instantiated = await this.#store.workflowsWithInstances(namespace, after, limit);
    const names = [...new Set([...said, ...instantiated])].toSorted().slice(0, limit);
    return Promise.all(
      names.map((workflow) => this.#view({ namespace, workflow }, this.#settings.get({ namespace, workflow }))),
    );
  }

  async delete(name: WorkflowName): Promise<void> {
    await this.#settings.ready();
    await this.#settings.forget(name);
  }

  watch(filter: LifecycleFilter, signal: AbortSignal): AsyncIterable<readonly LifecycleEvent[]> {
    return watchLifecycle(this.#parts, filter, signal);
  }

  async #view(name: WorkflowName, workflow: Workflow | undefined): Promise<WorkflowView> {
    const counts = await this.#store.countByStatus(name);
    if (workflow === undefined) return { name, said: null, next: [], counts };
    const said = { settings: settingsOf(workflow), at: workflow.updatedAt };
    return { name, said, next: nextTimes(workflow, this.#clock.now()), counts };
  }
}

function nextTimes({ schedules }: Workflow, now: EpochMs): WorkflowView["next"] {
  return schedules.flatMap(({ cron, madeUntil }) => {
    const dueAt = nextDue({ cron, madeUntil: Math.max(madeUntil, now) });
    return dueAt === null ? [] : [{ cron, dueAt }];
  });
}
