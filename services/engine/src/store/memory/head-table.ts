import type { Head, HeadIndex } from "../../domain/head.ts";
import type { Status } from "../../domain/lifecycle.ts";
import { nameText, type InstanceName, type WorkflowName } from "../../domain/name.ts";
import { comparePlaces, type Place } from "../place.ts";
import type { LeasedHead, ListQuery, ReadyHead, ReadyQuery, StoreCommit } from "../store.ts";

/** A head as it is kept. */
interface Row {
  readonly head: Head;
  /** The newest record that the head was summoned for: an index of before no longer takes effect. */
  readonly summonedFor: Place;
}

/** Every head by its name. Those that loops look for are found without a walk through all. */
export class HeadTable {
  readonly #rows = new Map<string, Row>();
  readonly #ready = new Map<string, Row>();
  readonly #leased = new Map<string, Row>();
  readonly #ended = new Map<string, Row>();

  insert(head: Head): boolean {
    const key = nameText(head.birth.name);
    if (this.#rows.has(key)) return false;
    this.#put(key, { head, summonedFor: head.index });
    return true;
  }

  get(name: InstanceName): Head | undefined {
    return this.#rows.get(nameText(name))?.head;
  }

  remove(name: InstanceName, uid: string): boolean {
    const key = nameText(name);
    if (this.#rows.get(key)?.head.birth.uid !== uid) return false;
    for (const rows of [this.#rows, this.#ready, this.#leased, this.#ended]) rows.delete(key);
    return true;
  }

  /** Makes a head ready for a record that is about to be written. Returns whether it was written. */
  summon({ name, journal, record, summon }: StoreCommit): boolean {
    const row = this.#rows.get(nameText(name));
    if (summon === null || row?.head.birth.uid !== journal.uid) return false;
    const { birth, index } = row.head;
    const summonedFor = { run: journal.run, position: record.position };
    // Summoned for a later one: this record's place is taken.
    if (comparePlaces(index, summonedFor) >= 0 || comparePlaces(row.summonedFor, summonedFor) > 0) return false;
    const readyAt = Math.min(index.readyAt ?? Infinity, summon.readyAt);
    const summoned = { ...index, status: summon.status, readyAt, lease: null };
    this.#put(nameText(name), { head: { birth, index: summoned }, summonedFor });
    return true;
  }

  /** Replaces an index, unless a newer one or a summons to a later record is there. Returns whether it was written. */
  replaceIndex(name: InstanceName, uid: string, index: HeadIndex): boolean {
    const row = this.#rows.get(nameText(name));
    if (row?.head.birth.uid !== uid) return false;
    if (comparePlaces(row.head.index, index) > 0 || comparePlaces(row.summonedFor, index) > 0) return false;
    this.#put(nameText(name), { head: { birth: row.head.birth, index }, summonedFor: index });
    return true;
  }

  ready({ namespace, workflows, until, limit, parked }: ReadyQuery): readonly ReadyHead[] {
    const found: ReadyHead[] = [];
    for (const { head } of this.#ready.values()) {
      const { name, uid } = head.birth;
      const { readyAt, status } = head.index;
      if (readyAt === null || readyAt > until || (parked === true && status !== "waiting")) continue;
      if (name.namespace === namespace && workflows.includes(name.workflow)) found.push({ name, uid, readyAt });
    }
    return found.toSorted((a, b) => a.readyAt - b.readyAt || compareNames(a.name, b.name)).slice(0, limit);
  }

  leasedTo(session: string, after: InstanceName | null, limit: number): readonly LeasedHead[] {
    const found: LeasedHead[] = [];
    for (const { head } of this.#leased.values()) {
      const { name, uid } = head.birth;
      const { run, position, lease } = head.index;
      if (lease?.session !== session || (after !== null && compareNames(name, after) <= 0)) continue;
      found.push({ name, uid, run, position, epoch: lease.epoch, grantedAt: lease.grantedAt });
    }
    return found.toSorted((a, b) => compareNames(a.name, b.name)).slice(0, limit);
  }

  leasedIn({ namespace, workflow }: WorkflowName, after: string, limit: number): readonly LeasedHead[] {
    const found: LeasedHead[] = [];
    for (const { head } of this.#leased.values()) {
      const { name, uid } = head.birth;
      const { run, position, lease } = head.index;
      if (lease === null || name.namespace !== namespace || name.workflow !== workflow || name.id <= after) continue;
      found.push({ name, uid, run, position, epoch: lease.epoch, grantedAt: lease.grantedAt });
    }
    return found.toSorted((a, b) => compareTexts(a.name.id, b.name.id)).slice(0, limit);
  }

  get leasedCount(): number {
    return this.#leased.size;
  }

  /** Workflows of a namespace that have instances, in order. */
  workflows(namespace: string, after: string, limit: number): readonly string[] {
    const found = new Set<string>();
    for (const { head } of this.#rows.values()) {
      const { name } = head.birth;
      if (name.namespace === namespace && name.workflow > after) found.add(name.workflow);
    }
    return [...found].toSorted(compareTexts).slice(0, limit);
  }

  countByStatus({ namespace, workflow }: WorkflowName): ReadonlyMap<Status, number> {
    const counts = new Map<Status, number>();
    for (const { head } of this.#rows.values()) {
      const { name } = head.birth;
      if (name.namespace !== namespace || name.workflow !== workflow) continue;
      counts.set(head.index.status, (counts.get(head.index.status) ?? 0) + 1);
    }
    return counts;
  }

  leaseHolders(): readonly string[] {
    const sessions = new Set<string>();
    for (const { head } of this.#leased.values()) if (head.index.lease !== null) sessions.add(head.index.lease.session);
    return [...sessions].toSorted(compareTexts);
  }

  list(query: ListQuery): readonly Head[] {
    const heads = [...this.#rows.values()].map(({ head }) => head);
    const found = heads.filter((head) => isListed(head, query));
    return found.toSorted((a, b) => -compareAges(a.birth, b.birth)).slice(0, query.limit);
  }

  /** Those to be purged at `now`, longest overdue first. */
  overdue(now: number, limit: number): readonly Head["birth"][] {
    const found = [...this.#ended.values()].map(({ head }) => ({
      birth: head.birth,
      at: head.index.purgeAt ?? Infinity,
    }));
    const due = found.filter(({ at }) => at <= now);
    const sorted = due.toSorted((a, b) => a.at - b.at || compareNames(a.birth.name, b.birth.name));
    return sorted.slice(0, limit).map(({ birth }) => birth);
  }

  #put(key: string, row: Row): void {
    const { readyAt, lease, purgeAt } = row.head.index;
    this.#rows.set(key, row);
    file(this.#ready, key, row, readyAt !== null && lease === null);
    file(this.#leased, key, row, lease !== null);
    file(this.#ended, key, row, purgeAt !== null);
  }
}

function file(rows: Map<string, Row>, key: string, row: Row, belongs: boolean): void {
  if (belongs) rows.set(key, row);
  else rows.delete(key);
}

function isListed({ birth, index }: Head, query: ListQuery): boolean {
  const { namespace, workflow, statuses, createdFrom, createdBefore, after } = query;
  return (
    birth.name.namespace === namespace &&
    (workflow === null || birth.name.workflow === workflow) &&
    (statuses.length === 0 || statuses.includes(index.status)) &&
    (createdFrom === null || birth.createdAt >= createdFrom) &&
    (createdBefore === null || birth.createdAt < createdBefore) &&
    (after === null || compareAges(birth, after) < 0)
  );
}

type Age = Pick<Head["birth"], "createdAt" | "uid">;

function compareAges(a: Age, b: Age): number {
  return a.createdAt - b.createdAt || compareTexts(a.uid, b.uid);
}

function compareNames(a: InstanceName, b: InstanceName): number {
  return compareTexts(nameText(a), nameText(b));
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
