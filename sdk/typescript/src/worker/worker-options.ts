import { WORKFLOW_NAME } from "../names.ts";
import type { EngineAddress } from "../transport.ts";
import { isWorkflowClass, type WorkflowClass } from "../workflow.ts";
import type { Log } from "./log.ts";
import type { SettingsByWorkflow } from "./put-settings.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

/** Instances moved on at once, unless the options say otherwise. */
export const SLOTS = 100;

/** More are another worker's. The engine hears of 10,000 tasks in a heartbeat at most. */
export const SLOTS_MAX = 10_000;

/** Suspended runs kept in memory, unless the options say otherwise. */
export const CACHE_SIZE = 1_000;

/** How long `stop` waits for callbacks in flight, unless the options say otherwise. */
export const GRACE_MS = 10_000;

/** Workflows of one worker. The contract's limit. */
const WORKFLOWS_MAX = 100;

/** Classes by workflow name; in a list, a class's own name is the workflow's. */
export type WorkflowClasses =
  readonly WorkflowClass[] | ReadonlyMap<string, WorkflowClass> | Readonly<Record<string, WorkflowClass>>;

/** How a worker serves. */
export interface WorkerOptions {
  /** The engine's address, `http://127.0.0.1:7070` say, or a Connect transport that leads to it. */
  readonly engine: EngineAddress;
  /** What it can run: 1 to 100 workflows. */
  readonly workflows: WorkflowClasses;
  /** What workflows find as `this.env`, and as `env` of "cloudflare:workers". Default `{}`. */
  readonly env?: object | undefined;
  /** Default "default". */
  readonly namespace?: string | undefined;
  /** Where given, a new worker of the name takes over from an older one at once. 1 to 100 characters. */
  readonly workerName?: string | undefined;
  /** Instances moved on at once, 1 to 10,000. Those that sleep or wait for an event do not count. Default 100. */
  readonly slots?: number | undefined;
  /** Suspended runs kept in memory, so that a wake need not replay. Default 1,000. */
  readonly cacheSize?: number | undefined;
  /** How long `stop` waits for callbacks in flight, in ms. Default 10 seconds. */
  readonly graceMs?: number | undefined;
  /**
   * How the engine runs their instances: concurrency, schedules, retention. Put when the worker starts, before it takes
   * work, as `client.workflows.put` does. Default: what was said of a workflow stays.
   */
  readonly settings?: SettingsByWorkflow | undefined;
  /** Stops the worker when it fires, as `stop` does. */
  readonly signal?: AbortSignal | undefined;
  /** A pino logger fits. Default: warnings and errors to standard error. */
  readonly log?: Log | undefined;
}

/**
 * The workflows by name.
 * @throws TypeError for a name or a class that cannot be one.
 */
export function definitionsOf(
  workflows: WorkflowClasses,
  env: object,
  rehearsal: Rehearsal,
): ReadonlyMap<string, WorkflowDefinition> {
  const named = [...namedClasses(workflows)];
  const definitions = new Map(named.map(([name, Workflow]) => [name, definitionOf(name, Workflow, env, rehearsal)]));
  if (definitions.size !== named.length) throw new TypeError("Two workflows of this worker have the same name");
  if (definitions.size >= 1 && definitions.size <= WORKFLOWS_MAX) return definitions;
  throw new TypeError(`A worker serves 1 to ${WORKFLOWS_MAX} workflows, not ${definitions.size}`);
}

export function namedClasses(workflows: WorkflowClasses): Iterable<readonly [string, WorkflowClass]> {
  if (workflows instanceof Map) return workflows as ReadonlyMap<string, WorkflowClass>;
  if (Array.isArray(workflows)) return (workflows as WorkflowClass[]).map((Workflow) => [Workflow.name, Workflow]);
  return Object.entries(workflows);
}

function definitionOf(name: string, Workflow: WorkflowClass, env: object, rehearsal: Rehearsal): WorkflowDefinition {
  if (!WORKFLOW_NAME.test(name)) {
    throw new TypeError(`"${name}" is no workflow name: 1 to 64 letters, digits, "_" and, not first, "-"`);
  }
  if (!isWorkflowClass(Workflow)) throw new TypeError(`Workflow "${name}" is no class that extends WorkflowEntrypoint`);
  return { name, Workflow, env, rehearsal, awaitsOutside: false };
}

/** @throws RangeError when a number is none, or outside its bounds. */
export function wholeNumber(what: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${what} is a whole number from ${min} to ${max}, not ${value}`);
}
