import type { LifecycleEvent } from "../domain/lifecycle-event.ts";
import type { Status } from "../domain/lifecycle.ts";
import type { WorkflowName } from "../domain/name.ts";
import type { ScheduledTime } from "../domain/state.ts";
import type { EpochMs } from "../domain/time.ts";
import type { WorkflowSettings } from "../domain/workflow.ts";
import type { LifecycleFilter } from "./lifecycle-watch.ts";

/** What callers can do with workflows as such. Everything answers with a result or throws an EngineError. */
export interface WorkflowApi {
  /** Replaces what was said before. */
  put(name: WorkflowName, settings: WorkflowSettings): Promise<WorkflowView>;
  get(name: WorkflowName): Promise<WorkflowView>;
  /** Those that have settings or instances, by name, after a name. */
  list(namespace: string, after: string, limit: number): Promise<readonly WorkflowView[]>;
  /** Forgets what was said; without effect when that is nothing. */
  delete(name: WorkflowName): Promise<void>;
  /** The turns in the lives of instances, from now on: those that come together in one list. */
  watch(filter: LifecycleFilter, signal: AbortSignal): AsyncIterable<readonly LifecycleEvent[]>;
}

/** A workflow as callers see it. */
export interface WorkflowView {
  readonly name: WorkflowName;
  /** Null when nothing was said of it. */
  readonly said: { readonly settings: WorkflowSettings; readonly at: EpochMs } | null;
  /** When each schedule is due next. */
  readonly next: readonly ScheduledTime[];
  readonly counts: ReadonlyMap<Status, number>;
}
