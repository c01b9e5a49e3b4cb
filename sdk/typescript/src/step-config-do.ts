import { WorkflowFatalError } from "./errors.ts";
import { isStepName, STEP_NAME_LENGTH_MAX } from "./names.ts";
import { CONFIG_DOCS, isStepConfig, type ResolvedStepConfig, resolveStepConfig } from "./step-config.ts";
import type { WorkflowStepContext } from "./workflow-step.ts";

/** What a call of `step.do` asks for, its arguments checked. */
export interface DoCall extends ResolvedStepConfig {
  readonly name: string;
  readonly callback: (ctx: WorkflowStepContext) => unknown;
}

/** What the check needs to know of the run. */
export interface DoLimits {
  /** Calls of `step.do` in this pass, this one included. */
  readonly steps: number;
  /** Most of them in a run. */
  readonly stepsMax: number;
  /** Whether rollback handlers are running, in which steps are not possible. */
  readonly rollingBack?: boolean;
}

/**
 * Checks the arguments of `step.do(name, [config], callback, [rollbackOptions])`, in the model's order and words.
 *
 * @throws WorkflowFatalError for the first thing that is wrong; TypeError for a name that is no text.
 */
export function parseDo(args: readonly unknown[], { steps, stepsMax, rollingBack = false }: DoLimits): DoCall {
  const label = String(args[0]);
  const [config, callback, rollbackOptions] =
    typeof args[1] === "function" ? [undefined, args[1], args[2]] : [args[1], args[2], args[3]];

  if (typeof callback !== "function") throw new WorkflowFatalError(`Step "${label}" requires a callback function`);
  checkRollback(label, rollbackOptions);
  if (rollingBack) throw new WorkflowFatalError("Cannot execute steps during rollback phase");
  if (steps > stepsMax) {
    throw new WorkflowFatalError(
      `The limit of ${stepsMax} steps has been reached. This limit can be changed in your worker configuration.`,
    );
  }
  const name = parseStepName(args[0]);
  if (!isStepConfig(config ?? {})) {
    throw new WorkflowFatalError(`Step config for "${name}" is in a invalid format. See ${CONFIG_DOCS}`);
  }
  if (rollbackOptions !== undefined) {
    throw new WorkflowFatalError(
      `Rollback for "${name}" is not supported yet, and a step that relies on it is not started: undo its work in a catch block of run() instead`,
    );
  }
  return { name, callback: callback as DoCall["callback"], ...resolveStepConfig(config ?? {}) };
}

function checkRollback(label: string, options: unknown): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new WorkflowFatalError(`Rollback options for "${label}" must be an object`);
  }
  const { rollback, rollbackConfig } = options as { rollback?: unknown; rollbackConfig?: unknown };
  if (typeof rollback !== "function") throw new WorkflowFatalError(`Rollback for "${label}" must be a function`);
  if (rollbackConfig !== undefined && !isStepConfig(rollbackConfig)) {
    throw new WorkflowFatalError(`Rollback config for "${label}" is in a invalid format. See ${CONFIG_DOCS}`);
  }
}

/**
 * The name of a step, a sleep or a wait. A number is taken for its digits.
 *
 * @throws WorkflowFatalError when it is too long or has control characters; TypeError when it is no text.
 */
export function parseStepName(name: unknown): string {
  if (typeof name !== "string" && typeof name !== "number") {
    throw new TypeError(`The name of a step must be a string, not ${name === null ? "null" : typeof name}`);
  }
  const text = String(name);
  if (isStepName(text)) return text;
  throw new WorkflowFatalError(
    `Step name "${text}" exceeds max length (${STEP_NAME_LENGTH_MAX} chars) or invalid characters found`,
  );
}
