import type { JournalRecord } from "../domain/entry.ts";
import { indexOf, sameIndex, type HeadIndex } from "../domain/head.ts";
import { isFinished } from "../domain/lifecycle.ts";
import type { InstanceState } from "../domain/state.ts";
import type { StoreCommit } from "../store/store.ts";

/** What has to be known beyond the decision to write it. */
export interface PlanContext {
  /** The index as the store has it. */
  readonly stored: HeadIndex;
  /** Other replicas look at positions in the index to find news for their workers. */
  readonly shared: boolean;
}

/** Turns a decision into what the store writes: the record, and the index only where loops would go astray without. */
export function planCommit(
  before: InstanceState,
  record: JournalRecord,
  after: InstanceState,
  context: PlanContext,
): StoreCommit {
  const index = indexOf(after);
  const { stored, shared } = context;
  const settles = record.entries.length === 0;
  const foreignNews = shared && record.report === null && after.lease !== null;
  const needed = settles || foreignNews || !sameIndex(stored, index);
  return {
    name: before.birth.name,
    journal: { uid: before.birth.uid, run: before.run },
    record,
    index: needed ? index : null,
    summon: needed && before.lease === null ? summonFor(before, stored, index, record) : null,
    awaitIndex: needed && createsObligation(stored, index),
  };
}

/**
 * A head that nothing would look at again must lead here before the record is written. One that is due leads
 * here; so does the lease of an instance that has one. A lease that only a lagging head still shows does not:
 * the index that removes it is on its way.
 */
function summonFor(
  before: InstanceState,
  stored: HeadIndex,
  index: HeadIndex,
  record: JournalRecord,
): StoreCommit["summon"] {
  const leadsHere = stored.lease === null && stored.readyAt !== null && stored.readyAt <= record.committedAt;
  // One that was summoned for a record before this may still get that record's index, and lead nowhere then.
  if (leadsHere && sameIndex(stored, indexOf(before))) return null;
  const ready = index.readyAt !== null && index.readyAt <= record.committedAt;
  return { readyAt: record.committedAt, status: ready && index.run === stored.run ? index.status : stored.status };
}

/** Whether the lease is gone that led here so far, though the instance has to go on. A summoned head leads here already. */
function createsObligation(stored: HeadIndex, index: HeadIndex): boolean {
  return stored.lease !== null && index.lease === null && !isFinished(index.status);
}
