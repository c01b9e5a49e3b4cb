/** Checks new code of a workflow against journals of instances, without an engine. docs/replay.md says how. */
import { create } from "@bufbuild/protobuf";
import { TaskSchema } from "../gen/perdure/v1/task_pb.ts";
import { withEnv } from "./cloudflare/env.ts";
import { EMPTY_STREAMS } from "./replay/empty-streams.ts";
import { importJournal } from "./replay/exported-journal.ts";
import { JournalCheck } from "./replay/journal-check.ts";
import { RecordedRun } from "./replay/recorded-run.ts";
import type { ReplayReport } from "./replay/report.ts";
import { Run } from "./worker/run.ts";
import { RunStep } from "./worker/run-step.ts";
import { guardStrayRejections } from "./worker/stray-rejections.ts";
import { identityOf } from "./worker/task-run.ts";
import { WorkflowInternalError } from "./errors.ts";
import type { WorkflowClass } from "./workflow.ts";

export { type ExportedJournal, exportJournal, importJournal, JournalFormatError } from "./replay/exported-journal.ts";
export type { ReplayDifference, ReplayDifferenceKind, ReplayReport, ReplayStep } from "./replay/report.ts";

/** How long `run` may await things outside of steps, in all, unless told otherwise. */
export const PATIENCE_MS = 1_000;

/** How a journal is replayed. */
export interface ReplayOptions {
  /** What the workflow finds as `this.env`. Default `{}`. */
  readonly env?: object | undefined;
  /** How long `run` may await things outside of steps, in all, in ms. Default 1,000. */
  readonly patienceMs?: number | undefined;
}

/**
 * Replays the journal of an instance on the code that is there now, and says where they differ. No callback of a
 * step is called, and nothing is reported anywhere.
 *
 * @param journal What `perdure instances export` writes, parsed.
 * @throws JournalFormatError when it is none.
 * @example
 * const journal: unknown = JSON.parse('{ "format": "perdure.journal" }');
 * const { differences } = await checkReplay(Greet, journal, { env });
 * if (differences.length > 0) throw new Error(differences.map(({ message }) => message).join("\n"));
 */
export async function checkReplay(
  Workflow: WorkflowClass,
  journal: unknown,
  { env = {}, patienceMs = PATIENCE_MS }: ReplayOptions = {},
): Promise<ReplayReport> {
  const { instance, run: number, params, records } = importJournal(journal);
  const { ref, createTime, schedule } = instance;
  const task = { run: number, ...(ref && { lease: { instance: ref } }), ...(createTime && { createTime }) };
  const identity = identityOf(create(TaskSchema, { ...task, ...(schedule && { schedule }) }));
  let nowMs = identity.createdAtMs;
  const rehearsal = { callbackOf: () => null, now: () => nowMs };
  const definition = { name: identity.workflow, Workflow, env, rehearsal, awaitsOutside: false };
  const run = new Run({ definition, identity, params, stepOf: (of) => new RunStep(of, Infinity) });
  run.streams = EMPTY_STREAMS;
  const recorded = new RecordedRun(records);
  const check = new JournalCheck({ run, recorded, patienceMs, onTime: (ms) => void (nowMs = ms) });
  const release = guardStrayRejections(SILENT);
  try {
    await withEnv(env, () => check.check());
  } finally {
    run.kill(new WorkflowInternalError("the replay is over"));
    release();
  }
  const { differences, next, notes } = check;
  const { workflow, id: instanceId } = identity;
  return { workflow, instanceId, run: number, differences, end: recorded.end.kind, next, notes };
}

/** Promises that code leaves alone are its own affair here. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
