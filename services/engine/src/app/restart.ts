import type { JournalRecord } from "../domain/entry.ts";
import { EngineError } from "../domain/errors.ts";
import { KeptJournal, startsStep } from "../domain/kept-journal.ts";
import type { InstanceState } from "../domain/state.ts";
import type { StepKey } from "../domain/step.ts";
import type { Store } from "../store/store.ts";

/** What a restart reads and writes at a time: a run of any length takes no more memory than this. */
const PAGE = { records: 1_000, bytes: 8 * 1_048_576 };

/** @throws {EngineError} STEP_NOT_FOUND when the run has not started the step. */
export async function requireStarted(store: Store, state: InstanceState, key: StepKey): Promise<void> {
  // What undoes a step is no step that `run` comes to again.
  for await (const page of key.kind === "rollback" ? [] : pagesOf(store, state)) {
    if (page.some(({ entries }) => entries.some((entry) => startsStep(entry, key)))) return;
  }
  throw new EngineError("STEP_NOT_FOUND", `Step "${key.name}" not found in execution history`, { step: key.name });
}

/**
 * Writes the journal with which the next run begins, whoever began to and however far they came: all write the same, so
 * a position that is taken has it already.
 */
export async function writeNextRun(store: Store, restarting: InstanceState, from: StepKey): Promise<void> {
  const { birth, run } = restarting;
  const journal = { uid: birth.uid, run: run + 1 };
  const write = (record: JournalRecord) =>
    store.append({ name: birth.name, journal, record, index: null, summon: null, awaitIndex: false });
  const kept = new KeptJournal(restarting, from);
  for await (const page of pagesOf(store, restarting)) for (const record of page) kept.note(record);
  for await (const page of pagesOf(store, restarting)) {
    await Promise.all(page.flatMap((record) => kept.keep(record) ?? []).map(write));
  }
  await write(kept.last());
}

async function* pagesOf(store: Store, { birth, run }: InstanceState): AsyncGenerator<readonly JournalRecord[]> {
  for (let after = 0, more = true; more;) {
    const slice = await store.journal({ uid: birth.uid, run }, after, PAGE);
    yield slice.records;
    after = slice.records.at(-1)?.position ?? after;
    more = slice.more;
  }
}
