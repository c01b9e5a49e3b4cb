import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EpochMs } from "../../domain/time.ts";
import type { ReadyQuery } from "../store.ts";
import type { AppendRow, HeadRow, IndexRow, LeasedRow, NewHeadRow, PointerRow, ReadyRow } from "./operations.ts";

/** What is read of a head, under the names of `HeadRow`. */
export const HEAD_COLUMNS = `name, run, run_started_at AS runStartedAt, position, status, ready_at AS readyAt,
  lease_session AS leaseSession, lease_epoch AS leaseEpoch, lease_granted_at AS leaseGrantedAt,
  ended_at AS endedAt, purge_at AS purgeAt, births.document AS birth`;

const INSERT = `INSERT INTO heads (
    run, run_started_at, position, status, ready_at, lease_session, lease_epoch, lease_granted_at, ended_at, purge_at,
    summoned_run, summoned_position, name, namespace, workflow, uid, created_at
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`;

const INSERT_BIRTH = `INSERT INTO births (key, document) VALUES (?, ?)`;

const SELECT = `SELECT ${HEAD_COLUMNS} FROM heads JOIN births USING (key) WHERE name = ?`;

/** A head that reflects the record already stays, and one that was summoned for a later record: this one's place is taken. */
const SUMMON = `UPDATE heads SET
    status = ?, ready_at = min(coalesce(ready_at, ?), ?), lease_session = NULL, lease_epoch = NULL, lease_granted_at = NULL,
    summoned_run = ?, summoned_position = ?
  WHERE name = ? AND uid = ? AND (run, position) < (?, ?) AND (summoned_run, summoned_position) <= (?, ?)`;

/** A newer index stays, and so does a summons to a later record. */
const REPLACE_INDEX = `UPDATE heads SET
    run = ?, run_started_at = ?, position = ?, status = ?, ready_at = ?, lease_session = ?, lease_epoch = ?, lease_granted_at = ?,
    ended_at = ?, purge_at = ?, summoned_run = ?, summoned_position = ?
  WHERE name = ? AND uid = ? AND (run, position) <= (?, ?) AND (summoned_run, summoned_position) <= (?, ?)`;

const READY = `SELECT name, uid, ready_at AS readyAt FROM heads
  WHERE namespace = ? AND workflow = ? AND ready_at <= ? AND lease_session IS NULL ORDER BY ready_at, name LIMIT ?`;

const READY_PARKED = `SELECT name, uid, ready_at AS readyAt FROM heads
  WHERE namespace = ? AND workflow = ? AND status = 'waiting' AND ready_at <= ? AND lease_session IS NULL
  ORDER BY ready_at, name LIMIT ?`;

const LEASED_TO = `SELECT name, uid, run, position, lease_epoch AS epoch, lease_granted_at AS grantedAt FROM heads
  WHERE lease_session = ? AND name > ? ORDER BY name LIMIT ?`;

const NEXT_HOLDER = `SELECT min(lease_session) AS session FROM heads WHERE lease_session > ?`;

const PURGEABLE = `SELECT name, uid FROM heads WHERE purge_at <= ? ORDER BY purge_at, name LIMIT ?`;

/** The heads of a file. Each method tells how many of them it has written, where it writes. */
export class HeadRows {
  readonly #insert: StatementSync;
  readonly #insertBirth: StatementSync;
  readonly #select: StatementSync;
  readonly #summon: StatementSync;
  readonly #replaceIndex: StatementSync;
  readonly #ready: StatementSync;
  readonly #readyParked: StatementSync;
  readonly #leasedTo: StatementSync;
  readonly #nextHolder: StatementSync;
  readonly #purgeable: StatementSync;
  readonly #deleteBirth: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(INSERT);
    this.#insertBirth = database.prepare(INSERT_BIRTH);
    this.#select = database.prepare(SELECT);
    this.#summon = database.prepare(SUMMON);
    this.#replaceIndex = database.prepare(REPLACE_INDEX);
    this.#ready = database.prepare(READY);
    this.#readyParked = database.prepare(READY_PARKED);
    this.#leasedTo = database.prepare(LEASED_TO);
    this.#nextHolder = database.prepare(NEXT_HOLDER);
    this.#purgeable = database.prepare(PURGEABLE);
    this.#deleteBirth = database.prepare(
      "DELETE FROM births WHERE key = (SELECT key FROM heads WHERE name = ? AND uid = ?)",
    );
    this.#delete = database.prepare("DELETE FROM heads WHERE name = ? AND uid = ?");
  }

  insert({ name, namespace, workflow, uid, createdAt, birth, index }: NewHeadRow): number {
    const { run, position } = index;
    const { changes, lastInsertRowid: key } = this.#insert.run(
      ...indexValues(index),
      run,
      position,
      name,
      namespace,
      workflow,
      uid,
      createdAt,
    );
    if (changes === 0) return 0;
    this.#insertBirth.run(key, birth);
    return 1;
  }

  get(name: string): HeadRow | null {
    return (this.#select.get(name) as HeadRow | undefined) ?? null;
  }

  summon({ name, uid, run, position, summon }: AppendRow): number {
    if (summon === null) return 0;
    const { status, readyAt } = summon;
    const guards = [run, position, name, uid, run, position, run, position];
    return Number(this.#summon.run(status, readyAt, readyAt, ...guards).changes);
  }

  replaceIndex(name: string, uid: string, index: IndexRow): number {
    const { run, position } = index;
    const guards = [run, position, name, uid, run, position, run, position];
    return Number(this.#replaceIndex.run(...indexValues(index), ...guards).changes);
  }

  ready({ namespace, workflows, until, limit, parked }: ReadyQuery): readonly ReadyRow[] {
    const ready = parked === true ? this.#readyParked : this.#ready;
    const rows = [...new Set(workflows)].flatMap(
      (workflow) => ready.all(namespace, workflow, until, limit) as unknown as ReadyRow[],
    );
    if (workflows.length < 2) return rows;
    return rows.toSorted((a, b) => a.readyAt - b.readyAt || (a.name < b.name ? -1 : 1)).slice(0, limit);
  }

  leasedTo(session: string, after: string, limit: number): readonly LeasedRow[] {
    return this.#leasedTo.all(session, after, limit) as unknown as LeasedRow[];
  }

  /** Looks up one session after the other: cheaper than a walk through all that is leased. */
  leaseHolders(): readonly string[] {
    const sessions: string[] = [];
    for (let last = ""; ;) {
      const { session } = this.#nextHolder.get(last) as { session: string | null };
      if (session === null) return sessions;
      sessions.push((last = session));
    }
  }

  purgeable(now: EpochMs, limit: number): readonly PointerRow[] {
    return this.#purgeable.all(now, limit) as unknown as PointerRow[];
  }

  remove(name: string, uid: string): number {
    this.#deleteBirth.run(name, uid);
    return Number(this.#delete.run(name, uid).changes);
  }
}

function indexValues(index: IndexRow) {
  const { run, runStartedAt, position, status, readyAt, leaseSession, leaseEpoch, leaseGrantedAt, endedAt, purgeAt } =
    index;
  return [run, runStartedAt, position, status, readyAt, leaseSession, leaseEpoch, leaseGrantedAt, endedAt, purgeAt];
}
