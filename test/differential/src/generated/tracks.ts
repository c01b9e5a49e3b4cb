import type { DifferenceName } from "../../differences.ts";
import { parseDuration } from "../../../../sdk/typescript/src/duration.ts";
import type { ToldEvent } from "./stage.ts";

/** How an instance's history is read so that two engines can be compared. Each rule has its reason in `differences.ts`. */
export const RULES = [
  "waitingIsTold",
  "pauseIsReportedFirst",
  "branchesTakeTurns",
  "cutOffIsUntold",
  "untilIsMeasured",
  "documentedRetryDelay",
  "timesInMs",
] as const satisfies readonly DifferenceName[];

/** The default delay: documented, and in the local engine. */
const DEFAULT_DELAYS: ReadonlySet<unknown> = new Set([10_000, 1_000]);

/** The history as lines of text, in one list for the instance and one for each branch: their order is determined, that between them is not. */
export function tracksOf(told: readonly ToldEvent[]): Readonly<Record<string, readonly string[]>> {
  const terminated = told.some(({ type }) => type === "workflow_terminated");
  const tracks = [...Map.groupBy(withoutWaiting(told), trackOf)]
    .map(([track, events]) => [track, terminated ? withoutCutOff(events) : events] as const)
    .filter(([, events]) => events.length > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(tracks.map(([track, events]) => [track, events.map(lineOf)]));
}

/** "waitingIsTold": without workflow_waiting, and the workflow_running that ends it. */
function withoutWaiting(told: readonly ToldEvent[]): readonly ToldEvent[] {
  let waiting = false;
  return told.filter(({ type }) => {
    if (type === "workflow_waiting") {
      waiting = true;
      return false;
    }
    const isEndOfWaiting = waiting && type === "workflow_running";
    if (type.startsWith("workflow_")) waiting = false;
    return !isEndOfWaiting;
  });
}

/** "cutOffIsUntold": without the attempt that was in flight, the step that began with it, and the running that did. */
function withoutCutOff(events: readonly ToldEvent[]): readonly ToldEvent[] {
  if (events.at(-1)?.type === "workflow_terminated" && events.at(-2)?.type === "workflow_running")
    return events.toSpliced(-2, 1);
  const last = events.findLastIndex(({ type }) => type !== "step_started" && type !== "attempt_started");
  return events.slice(0, last + 1);
}

/** "pauseIsReportedFirst", "branchesTakeTurns": the branch is in the step's name, and steps of a fan are each their own. */
function trackOf({ type, stepName }: ToldEvent): string {
  if (stepName === undefined) return type.startsWith("rollback_") ? "rollback" : "workflow";
  if (stepName.includes("*")) return stepName;
  const [, branch = ""] = stepName.split("@");
  return `branch ${branch.replace(/-\d+$/, "")}`.trim();
}

function lineOf({ type, stepName, config, ...fields }: ToldEvent): string {
  const untold = stepName?.startsWith("until") ? ["at", "durationMs"] : ["at"];
  const told = Object.entries(fields).filter(([field]) => !untold.includes(field));
  const texts = told.length === 0 ? [] : [JSON.stringify(Object.fromEntries(told), sorted)];
  const configs = config === undefined ? [] : [configOf(config as Config)];
  return [type, ...(stepName === undefined ? [] : [stepName]), ...configs, ...texts].join(" ");
}

interface Config {
  readonly retries: { readonly limit: number; readonly delay: unknown; readonly backoff: string };
  readonly timeout: unknown;
}

/** "documentedRetryDelay": only a step without a delay of its own has either. "timesInMs": for any number of units. */
function configOf({ retries: { limit, delay, backoff }, timeout }: Config): string {
  const delayMs = parseDuration(delay);
  return `${limit} retries, ${DEFAULT_DELAYS.has(delayMs) ? "default" : delayMs} ${backoff}, in ${parseDuration(timeout)}`;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
