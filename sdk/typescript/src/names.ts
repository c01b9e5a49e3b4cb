/** Workflow names: 1 to 64 characters, letters, digits, "_" and, not first, "-". */
export const WORKFLOW_NAME = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,63}$/;

/** Instance ids: 1 to 100 characters of the same kind. Case-sensitive. */
export const INSTANCE_ID = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,99}$/;

/** Ids of all instances, those included that schedules make: "<cron>-<ms>". */
export const ANY_INSTANCE_ID = /^[a-zA-Z0-9, */#_-]{1,271}$/;

/** Types of events: 1 to 100 characters of the same kind. */
export const EVENT_TYPE = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,99}$/;

/** Longest name of a step, a sleep or a wait, in UTF-16 units. */
export const STEP_NAME_LENGTH_MAX = 256;

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL_CHARACTER = /[\u0000-\u001f]/;

/** Whether a step may have this name. The empty name, spaces, dots and emoji are fine. */
export function isStepName(name: string): boolean {
  return name.length <= STEP_NAME_LENGTH_MAX && !CONTROL_CHARACTER.test(name);
}

/** The name of a workflow's journal key as people read it: "charge-2" is the second use of "charge". */
export function stepLabel(name: string, count: number): string {
  return `${name}-${count}`;
}
