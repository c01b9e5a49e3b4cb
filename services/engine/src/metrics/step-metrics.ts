import { LRUCache } from "lru-cache";
import { Histogram, type Registry } from "prom-client";
import type { Feed, Written } from "../app/feed.ts";
import type { Entry } from "../domain/entry.ts";
import { keyText } from "../domain/step.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { WorkflowNames } from "./workflow-labels.ts";

/** Starts remembered. Ours: of more steps in flight than this, the longest running are counted as taking no time. */
const STARTS_MAX = 50_000;

const SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200];

const LABELS = ["namespace", "workflow", "kind", "outcome"] as const;

/** Counts what attempts and steps come to, and how long they take, from the records that this replica writes. */
export function meterSteps(register: Registry, feed: Feed, names: WorkflowNames): void {
  const starts = new LRUCache<string, { readonly step: EpochMs; readonly attempt: EpochMs }>({ max: STARTS_MAX });
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: LABELS, buckets: SECONDS, registers: [register] });
  const attempts = histogram(
    "perdure_attempt_seconds",
    "Attempts of steps, from start to report, by workflow, kind (do, rollback) and outcome (complete, retried, failed).",
  );
  const steps = histogram(
    "perdure_step_seconds",
    "Steps with all their attempts, from the first start to the last report, by workflow, kind (do, rollback) and outcome (complete, failed).",
  );

  feed.onAny(({ after, record }: Written) => {
    const labels = names.labels(after.birth.name);
    for (const entry of record.entries) {
      if (entry.kind !== "stepStarted" && entry.kind !== "stepCompleted" && entry.kind !== "stepFailed") continue;
      const id = `${after.birth.uid}/${after.run}/${keyText(entry.key)}`;
      const start = starts.get(id);
      if (entry.kind === "stepStarted") {
        starts.set(id, { step: start?.step ?? entry.startedAt, attempt: entry.startedAt });
        continue;
      }
      const outcome = outcomeOf(entry);
      const kind = entry.key.kind;
      const since = (at: EpochMs | undefined): number => Math.max(0, record.committedAt - (at ?? record.committedAt));
      attempts.observe({ ...labels, kind, outcome }, since(start?.attempt) / SECOND_MS);
      if (outcome === "retried") continue;
      steps.observe({ ...labels, kind, outcome }, since(start?.step) / SECOND_MS);
      starts.delete(id);
    }
  });
}

function outcomeOf(entry: Extract<Entry, { kind: "stepCompleted" | "stepFailed" }>) {
  if (entry.kind === "stepCompleted") return "complete";
  return entry.retryAt === null ? "failed" : "retried";
}
