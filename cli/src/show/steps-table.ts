import { plain, styled } from "../output.ts";
import { hasAttempts, type StepProgress, type StepView, stepName } from "./step-view.ts";
import { table } from "./table.ts";
import { failureText, valueText } from "./text.ts";
import { durationText, momentText, untilText } from "./time.ts";

/** What the last column shows of a value or a failure, in characters. */
const DETAIL_LENGTH_MAX = 80;

const STYLES = {
  running: "cyan",
  interrupted: "red",
  abandoned: "dim",
  backingOff: "red",
  due: "cyan",
  sleeping: "yellow",
  waiting: "yellow",
  complete: "green",
  failed: "red",
  timedOut: "red",
  cancelled: "dim",
} as const satisfies Record<StepProgress["status"], string>;

/** The steps of a run for people. */
export function stepsTable(steps: readonly StepView[], now: number): string {
  const rows = steps.map((step) => [
    stepName(step.key),
    styled(STYLES[step.progress.status], step.progress.status),
    hasAttempts(step.key) ? String(step.attempts) : "",
    momentText(step.startedAt),
    "endedAt" in step.progress ? durationText(step.progress.endedAt - step.startedAt) : "",
    detail(step.progress, now),
  ]);
  return table(["STEP", "STATUS", "ATTEMPTS", "STARTED", "TOOK", ""], rows);
}

function detail(progress: StepProgress, now: number): string {
  switch (progress.status) {
    case "running":
    case "abandoned":
    case "cancelled":
      return "";
    case "interrupted":
      return "its worker was lost; the next one tries again";
    case "due":
      return "the next attempt waits for a worker";
    case "backingOff":
      return `next attempt ${when(progress.retryAt, now)}; ${failureText(progress.failure, DETAIL_LENGTH_MAX)}`;
    case "sleeping":
      return `until ${when(progress.dueAt, now)}`;
    case "waiting": {
      const types = progress.eventTypes.map((type) => `"${plain(type)}"`).join(" or ");
      return `for the event ${types}, until ${when(progress.dueAt, now)}`;
    }
    case "complete":
      return valueText(progress.output, DETAIL_LENGTH_MAX);
    case "failed":
      return failureText(progress.failure, DETAIL_LENGTH_MAX);
    case "timedOut":
      return "no event came in time";
  }
}

const when = (ms: number, now: number): string => `${momentText(ms)}, ${untilText(ms, now)}`;
