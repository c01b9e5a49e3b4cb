import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

/** Steps of one run; sleeps and waits are exempt. The programming model's paid default. */
export const STEPS_MAX = 10_000;

/** Retries of one step. The programming model's limit. */
export const RETRY_LIMIT_MAX = 10_000;

/** Uses of one name in a run, and commits under one lease: what the contract's 32 bits hold. */
export const COUNT_MAX = 0xffff_ffff;

/** One step's output, one event's payload, an instance's params: 1 MiB, as in the programming model. */
export const PAYLOAD_BYTES_MAX = 1_048_576;

/** What an instance stores in all, streams included: 1 GiB, the programming model's paid default. */
export const INSTANCE_BYTES_MAX = 1_073_741_824;

/** One commit with all its payloads. A MongoDB document holds 16 MiB; the rest is left for its frame. */
export const COMMIT_BYTES_MAX = 12 * 1_048_576;

/** One task's journal before the worker has to ask for pages. Twice the largest payload, and any gRPC client takes it. */
export const TASK_BYTES_MAX = 2 * 1_048_576;

/** Operations in one commit. An instance with more parallel steps reports in several. */
export const OPERATIONS_PER_COMMIT_MAX = 1_000;

/** Types of event that one wait takes. Ours: the model has one. */
export const EVENT_TYPES_MAX = 100;

/** Events that wait in one instance for a `waitForEvent`. Ours: the model names none, and memory must have a bound. */
export const BUFFERED_EVENTS_MAX = 10_000;

/** A sleep, a wait, a retry delay and a timeout: 365 days, as in the programming model. */
export const TIMER_MS_MAX = 365 * DAY_MS;

/** The text of a failure's message or stack; longer ones are cut. Ours: a failure is read by people. */
export const FAILURE_TEXT_MAX = 32_768;

/** How long a finished instance is kept unless it says otherwise: 7 days, the model's default since 2026-09. */
export const RETENTION_MS = 7 * DAY_MS;

/** How long a worker's leases live without a heartbeat. Ours: three missed heartbeats of ten seconds. */
export const LEASE_MS = 30 * SECOND_MS;

/** How long a long poll is held unless it says otherwise, and at most. */
export const HOLD_MS = 20 * SECOND_MS;
export const HOLD_MS_MAX = MINUTE_MS;

/** A cron expression, in UTF-16 units. The programming model's limit. */
export const CRON_LENGTH_MAX = 256;

/** How long after its creation a scheduled instance runs beside its workflow's limit. The model's one hour. */
export const SCHEDULED_BESIDE_LIMIT_MS = HOUR_MS;

/** What bounds an engine as a whole, so that one caller cannot wear it out. */
export interface LoadLimits {
  /** Instances that workers have at once, of all workflows; those that sleep, wait or back off do not count. */
  readonly runningMax: number;
  /** Instances of one workflow in its queue. */
  readonly queuedMax: number;
  /** Instances created or restarted, a replica. Null: no limit. */
  readonly creationsPerSecond: number | null;
  readonly creationsPerSecondPerWorkflow: number | null;
}

/** What the programming model allows an account; creations are not bounded, which the model does at 300 and 100. */
export const LOAD_LIMITS: LoadLimits = {
  runningMax: 50_000,
  queuedMax: 2_000_000,
  creationsPerSecond: null,
  creationsPerSecondPerWorkflow: null,
};
