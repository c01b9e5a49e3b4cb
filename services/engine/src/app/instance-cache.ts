import { LRUCache } from "lru-cache";
import type { JournalRecord } from "../domain/entry.ts";
import type { HeadIndex } from "../domain/head.ts";
import { nameText, type InstanceName } from "../domain/name.ts";
import type { InstanceState } from "../domain/state.ts";

/** States kept folded. Ours: about 2 KiB each for a small instance. */
const CACHED_INSTANCES_MAX = 20_000;

/** How long a replica among several believes what it folded without looking again; journals of removed instances outlive it. */
export const SHARED_TTL_MS = 30_000;

/** Records kept beside a leased state, so that a worker's news need no read. */
const RECENT_RECORDS_MAX = 8;

export interface CachedInstance {
  state: InstanceState;
  /** The index as the store has it, or soon will. */
  stored: HeadIndex;
  /** The newest records, oldest first, while leased. */
  recent: readonly JournalRecord[];
}

/** The folded states of the instances that this replica has to do with. */
export class InstanceCache {
  readonly #entries: LRUCache<string, CachedInstance>;

  constructor(shared: boolean) {
    this.#entries = new LRUCache({ max: CACHED_INSTANCES_MAX, ttl: shared ? SHARED_TTL_MS : 0 });
  }

  get(name: InstanceName): CachedInstance | undefined {
    return this.#entries.get(nameText(name));
  }

  set(name: InstanceName, cached: CachedInstance): void {
    this.#entries.set(nameText(name), cached);
  }

  drop(name: InstanceName): void {
    this.#entries.delete(nameText(name));
  }
}

/** The records to keep after one more: those since the newest report, and none of a parked or finished instance. */
export function recentAfter(
  recent: readonly JournalRecord[],
  record: JournalRecord,
  after: InstanceState,
): readonly JournalRecord[] {
  if (after.lease === null && record.report !== null) return [];
  if (record.report !== null) return [record];
  return [...recent.slice(1 - RECENT_RECORDS_MAX), record];
}
