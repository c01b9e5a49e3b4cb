import { parseCron } from "@perdure/engine/domain/cron";
import { parseDuration } from "perdure/duration";
import { type Section, shown } from "./section.ts";

/** What a configuration says of a workflow besides its name. Undefined: as the engine has it. */
export interface WorkflowSettings {
  /** Steps that a run may have. */
  readonly stepLimit: number | undefined;
  /** Instances that run at once. */
  readonly concurrencyLimit: number | undefined;
  /** Cron expressions; each makes an instance when it is due. */
  readonly schedules: readonly string[];
  /** How long instances are kept that completed or were terminated. */
  readonly successRetentionMs: number | undefined;
  readonly errorRetentionMs: number | undefined;
}

/** The keys that settings are read from. */
export const SETTING_KEYS = ["limits", "concurrency", "schedules", "default_retention", "jurisdiction"] as const;

/** What the engine takes. */
const COUNT_MAX = 1_000_000;
const RETENTION_MS = { min: 1, max: 315_576_000_000 };
const SCHEDULES_MAX = 100;

/** Where Cloudflare can be told to keep the data of a workflow. */
const JURISDICTIONS = ["eu", "us", "fedramp"];

export function readWorkflowSettings(workflow: Section): WorkflowSettings {
  const limits = workflow.section("limits");
  const concurrency = workflow.section("concurrency");
  const retention = workflow.section("default_retention");
  limits?.only(["steps"]);
  concurrency?.only(["limit"]);
  retention?.only(["success_retention", "error_retention"]);
  readJurisdiction(workflow);
  return {
    stepLimit: limits?.count("steps", COUNT_MAX),
    concurrencyLimit: concurrency?.count("limit", COUNT_MAX),
    schedules: readSchedules(workflow),
    successRetentionMs: readRetention(retention, "success_retention"),
    errorRetentionMs: readRetention(retention, "error_retention"),
  };
}

/** Cron expressions in a list that can be read; the others are noted. */
export function readCrons(section: Section, key: string): readonly string[] {
  return section.texts(key).filter((expression, index) => isCron(section, [key, index], expression));
}

function readSchedules(workflow: Section): readonly string[] {
  const given = workflow.value("schedules");
  if (typeof given === "string") return isCron(workflow, ["schedules"], given) ? [given] : [];
  if (Array.isArray(given) && given.length === 0) workflow.mistake(["schedules"], "it is not empty where it is given");
  const schedules = readCrons(workflow, "schedules");
  if (schedules.length > SCHEDULES_MAX) workflow.mistake(["schedules"], `it has at most ${SCHEDULES_MAX}`);
  return [...new Set(schedules)];
}

function isCron(section: Section, path: readonly (string | number)[], expression: string): boolean {
  try {
    parseCron(expression);
    return true;
  } catch (error) {
    section.mistake(path, (error as Error).message);
    return false;
  }
}

function readRetention(retention: Section | undefined, key: string): number | undefined {
  const given = retention?.value(key);
  if (given === undefined) return undefined;
  const ms = parseDuration(given);
  if (ms >= RETENTION_MS.min && ms <= RETENTION_MS.max) return Math.round(ms);
  const what = 'a duration such as "3 days", or milliseconds, from 1 ms to 10 years';
  return retention?.mistake([key], `it is ${what}, not ${shown(given)}`);
}

function readJurisdiction(workflow: Section): void {
  const given = workflow.text("jurisdiction");
  if (given === undefined) return;
  if (JURISDICTIONS.includes(given)) {
    workflow.warning(["jurisdiction"], "it has no effect: data is where the engine's store is");
  } else {
    workflow.mistake(["jurisdiction"], `it is one of ${JURISDICTIONS.join(", ")}, not ${shown(given)}`);
  }
}
