import { WorkflowFatalError } from "./errors.ts";
import { isStepName, STEP_NAME_LENGTH_MAX } from "./names.ts";
import { CONFIG_DOCS, isStepConfig, resolveStepConfig } from "./step-config.ts";
import type { RollbackWork, StepWork } from "./worker/step-work.ts";

/** What a call of `step.do` asks for, its arguments checked. */
export interface DoCall extends StepWork {
  readonly name: string;
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
  const rollback = parseRollback(label, rollbackOptions);
  if (rollingBack) throw WorkflowFatalError.stepInRollback();
  if (steps > stepsMax) {
    throw new WorkflowFatalError(
      `The limit of ${stepsMax} steps has been reached. This limit can be changed in your worker configuration.`,
    );
  }
  const name = parseStepName(args[0]);
  if (!isStepConfig(config ?? {})) {
    throw new WorkflowFatalError(`Step config for "${name}" is in a invalid format. See ${CONFIG_DOCS}`);
  }
  const { policy, ...resolved } = resolveStepConfig(config ?? {});
  return {
    name,
    callback: callback as StepWork["callback"],
    ...resolved,
    policy: { ...policy, rollback: rollback !== null },
    rollback,
  };
}

function parseRollback(label: string, options: unknown): RollbackWork | null {
  if (options === undefined) return null;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new WorkflowFatalError(`Rollback options for "${label}" must be an object`);
  }
  const { rollback, rollbackConfig } = options as { rollback?: unknown; rollbackConfig?: unknown };
  if (typeof rollback !== "function") throw new WorkflowFatalError(`Rollback for "${label}" must be a function`);
  if (rollbackConfig !== undefined && !isStepConfig(rollbackConfig)) {
    throw new WorkflowFatalError(`Rollback config for "${label}" is in a invalid format. See ${CONFIG_DOCS}`);
  }
  return { handler: rollback as RollbackWork["handler"], resolved: resolveStepConfig(rollbackConfig ?? {}) };
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
