import { Counter, Histogram, type Registry } from "prom-client";
import type { Feed, Written } from "../app/feed.ts";
import { nextDueAt } from "../domain/head.ts";
import { isFinished } from "../domain/lifecycle.ts";
import type { InstanceState } from "../domain/state.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { WorkflowNames } from "./workflow-labels.ts";

const WORKFLOW = ["namespace", "workflow"] as const;

/** From what answers at once to what waits for a person, in seconds. */
const RUN_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 600, 3_600, 86_400, 604_800];
/** From a hand-over in the same write to a queue that nobody works on, in seconds. */
const WAIT_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600, 3_600];

/** Counts what instances begin, wait for and come to, from the records that this replica writes. */
export function meterInstances(register: Registry, feed: Feed, names: WorkflowNames): void {
  const registers = [register];
  const created = new Counter({
    name: "perdure_instances_created_total",
    help: "Instances created, by workflow.",
    labelNames: WORKFLOW,
    registers,
  });
  const finished = new Histogram({
    name: "perdure_instance_run_seconds",
    help: "Runs of instances that ended, from the run's start to its end, by workflow and outcome.",
    labelNames: [...WORKFLOW, "status"],
    buckets: RUN_SECONDS,
    registers,
  });
  const waited = new Histogram({
    name: "perdure_instance_queue_seconds",
    help: "How long instances that were ready waited for a worker, by workflow.",
    labelNames: WORKFLOW,
    buckets: WAIT_SECONDS,
    registers,
  });
  const events = new Counter({
    name: "perdure_events_accepted_total",
    help: "Events that callers sent to instances, by workflow.",
    labelNames: WORKFLOW,
    registers,
  });

  const records = new Counter({
    name: "perdure_records_total",
    help: "Records written to journals, by who caused them: a worker's report or the engine (commands, events, leases).",
    labelNames: ["cause"],
    registers,
  });

  feed.onCreated(({ birth }) => {
    const labels = names.labels(birth.name);
    created.inc({ ...labels });
    if (birth.handedTo !== null) waited.observe({ ...labels }, 0);
  });
  feed.onAny(({ before, after, record }: Written) => {
    const labels = names.labels(after.birth.name);
    records.inc({ cause: record.report === null ? "engine" : "worker" });
    for (const { kind } of record.entries) {
      if (kind === "eventAccepted") events.inc({ ...labels });
      if (kind === "leaseGranted") waited.observe({ ...labels }, secondsSince(readyAtOf(before), record.committedAt));
    }
    if (!isFinished(before.status) && isFinished(after.status)) {
      finished.observe({ ...labels, status: after.status }, secondsSince(after.runStartedAt, record.committedAt));
    }
  });
}

/** When a worker should have had it; null when nobody knows. */
function readyAtOf(state: InstanceState): EpochMs | null {
  return state.status === "queued" ? state.readySince : nextDueAt(state);
}

function secondsSince(from: EpochMs | null, to: EpochMs): number {
  return from === null ? 0 : Math.max(0, to - from) / SECOND_MS;
}
