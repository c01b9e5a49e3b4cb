import { EngineError } from "./errors.ts";
import type { WorkflowName } from "./name.ts";
import { normalCron, type Schedule } from "./schedule.ts";
import type { EpochMs } from "./time.ts";

/** What may be said of a workflow. Null: as the engine is configured. */
export interface WorkflowSettings {
  /** Steps that a run may have; sleeps and waits are exempt. */
  readonly stepLimit: number | null;
  /** Instances that workers may have at once; null: no limit. */
  readonly concurrencyLimit: number | null;
  /** How long finished instances are kept that do not say so themselves. */
  readonly retention: { readonly successMs: number | null; readonly failureMs: number | null };
  /** Cron expressions in UTC. */
  readonly schedules: readonly string[];
}

/** A workflow of which something was said. */
export interface Workflow extends Omit<WorkflowSettings, "schedules"> {
  readonly name: WorkflowName;
  readonly schedules: readonly Schedule[];
  /** When it was said. */
  readonly updatedAt: EpochMs;
  /** Another one each time it is written: whoever writes names the one that was read. */
  readonly revision: string;
}

/** Who writes a workflow, and when. */
export interface Writing {
  readonly now: EpochMs;
  readonly revision: string;
}

export const NO_SETTINGS: WorkflowSettings = {
  stepLimit: null,
  concurrencyLimit: null,
  retention: { successMs: null, failureMs: null },
  schedules: [],
};

/**
 * The workflow with other settings. A schedule that stays goes on where it was; a new one begins with its next time.
 *
 * @throws {EngineError} INVALID_FIELD for a schedule that is no cron expression, is never due, or is there twice.
 */
export function withSettings(
  before: Workflow | undefined,
  name: WorkflowName,
  { schedules, ...settings }: WorkflowSettings,
  { now, revision }: Writing,
): Workflow {
  const crons = schedules.map((expression, index) =>
    inField(`settings.schedules[${index}]`, () => normalCron(expression, now)),
  );
  const twice = crons.findIndex((cron, index) => crons.indexOf(cron) < index);
  if (twice !== -1) throw invalid(`settings.schedules[${twice}]`, `${JSON.stringify(crons[twice])} is there twice`);
  const known = new Map(before?.schedules.map((schedule) => [schedule.cron, schedule]));
  return {
    name,
    ...settings,
    schedules: crons.map((cron) => known.get(cron) ?? { cron, madeUntil: now }),
    updatedAt: now,
    revision,
  };
}

/** The workflow after an instance was made for a time of one of its schedules. */
export function withMade(workflow: Workflow, cron: string, dueAt: EpochMs, revision: string): Workflow {
  const schedules = workflow.schedules.map((schedule) =>
    schedule.cron === cron ? { cron, madeUntil: Math.max(schedule.madeUntil, dueAt) } : schedule,
  );
  return { ...workflow, schedules, revision };
}

export function settingsOf({ stepLimit, concurrencyLimit, retention, schedules }: Workflow): WorkflowSettings {
  return { stepLimit, concurrencyLimit, retention, schedules: schedules.map(({ cron }) => cron) };
}

function inField<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof EngineError ? invalid(field, error.message) : error;
  }
}

function invalid(field: string, why: string): EngineError {
  return new EngineError("INVALID_FIELD", `${field}: ${why}`, { field });
}
