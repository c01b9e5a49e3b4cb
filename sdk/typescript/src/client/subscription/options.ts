import type { WorkflowInstanceEventType, WorkflowInstanceSubscribeOptions } from "./event.ts";

/** Which events a subscription gives, checked. */
export interface Wanted {
  /** Events after this. */
  readonly cursor: number;
  has(type: WorkflowInstanceEventType): boolean;
}

const TYPES: Readonly<Record<WorkflowInstanceEventType, true>> = {
  workflow_queued: true,
  workflow_started: true,
  workflow_running: true,
  workflow_paused: true,
  workflow_waiting_for_pause: true,
  workflow_waiting: true,
  workflow_completed: true,
  workflow_errored: true,
  workflow_terminated: true,
  step_started: true,
  step_completed: true,
  step_errored: true,
  attempt_started: true,
  attempt_completed: true,
  attempt_errored: true,
  sleep_started: true,
  sleep_completed: true,
  wait_started: true,
  wait_completed: true,
  wait_timed_out: true,
  wait_cancelled: true,
  rollback_started: true,
  rollback_step_started: true,
  rollback_step_completed: true,
  rollback_step_errored: true,
  rollback_attempt_started: true,
  rollback_attempt_completed: true,
  rollback_attempt_errored: true,
  rollback_completed: true,
  rollback_errored: true,
};

/** @throws Error `Invalid Workflow subscription options` for anything else than the two options, a misspelt one included. */
export function parseSubscribeOptions(options: WorkflowInstanceSubscribeOptions | undefined): Wanted {
  if (options === undefined) return { cursor: 0, has: () => true };
  if (!hasOnlyOptions(options)) throw invalid();
  const { cursor = 0, filter } = options;
  if (!Number.isSafeInteger(cursor) || cursor < 0) throw invalid();
  if (filter === undefined) return { cursor, has: () => true };
  if (!Array.isArray(filter) || !filter.every(isType)) throw invalid();
  const types: ReadonlySet<WorkflowInstanceEventType> = new Set(filter);
  return { cursor, has: (type) => types.has(type) };
}

const invalid = (): Error => new Error("Invalid Workflow subscription options");

function hasOnlyOptions(options: unknown): options is { readonly cursor?: unknown; readonly filter?: unknown } {
  if (typeof options !== "object" || options === null || Array.isArray(options)) return false;
  return Object.keys(options).every((key) => key === "cursor" || key === "filter");
}

const isType = (type: unknown): type is WorkflowInstanceEventType =>
  typeof type === "string" && Object.hasOwn(TYPES, type);
