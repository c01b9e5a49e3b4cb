import { checkReplay, importJournal, JournalFormatError, type ReplayReport } from "perdure/replay";
import type { WorkflowClass } from "perdure/workflow";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { terminal } from "../output.ts";
import { CommandRefused } from "../refusal.ts";
import { loadServedAndEnv } from "../worker/running.ts";
import type { ReplayCommandOptions } from "./command.ts";
import { journalFiles, type JournalFile, refused } from "./journal-files.ts";
import { replayText, summaryText } from "./replay-text.ts";

/** A file, and what its replay has shown. */
export type FileReport = ReplayReport & { readonly file: string };

/** Replays each journal, and tells the differences. Ends with 1 when there are any. */
export async function runReplay(module: string, options: ReplayCommandOptions): Promise<ExitCode> {
  try {
    return await replayAll(module, options);
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error;
    const { reason, message, exitCode } = error;
    terminal.note(options.json === true ? JSON.stringify({ error: { reason, message } }) : `perdure: ${message}`);
    return exitCode;
  }
}

async function replayAll(module: string, options: ReplayCommandOptions): Promise<ExitCode> {
  const { workflows, env } = await loadServedAndEnv(module, options);
  const reports: FileReport[] = [];
  for (const journal of journalFiles(options.journal)) {
    const Workflow = workflowOf(journal, module, workflows);
    const report = await checkReplay(Workflow, journal.document, { env, patienceMs: options.patience });
    reports.push({ file: journal.file, ...report });
    if (options.json !== true) terminal.print(replayText(reports.at(-1)!));
  }
  if (options.json === true) terminal.json({ journals: reports });
  else terminal.note(summaryText(reports));
  return reports.every(({ differences }) => differences.length === 0) ? EXIT.ok : EXIT.failed;
}

/** @throws {CommandRefused} when the file is no journal, or the module has not its workflow. */
function workflowOf(
  { file, document }: JournalFile,
  module: string,
  workflows: ReadonlyMap<string, WorkflowClass>,
): WorkflowClass {
  const name = workflowIn(file, document);
  const Workflow = workflows.get(name);
  if (Workflow !== undefined) return Workflow;
  const others = [...workflows.keys()].join(", ");
  throw refused(
    `${file} is of the workflow "${name}", and ${module} has ${others}; --workflow ${name}=ClassName says which it is`,
  );
}

function workflowIn(file: string, document: unknown): string {
  try {
    return importJournal(document).instance.ref?.workflow ?? "";
  } catch (error) {
    if (error instanceof JournalFormatError) throw refused(`${file}: ${error.message}`);
    throw error;
  }
}
