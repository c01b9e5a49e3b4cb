import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SlotHolder } from "../slot-store.ts";
import type { LeasedRow, SlotRow } from "./operations.ts";

const TAKE = `INSERT INTO slots (workflow, place, id, uid, run, epoch, token, taken_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (workflow, place) DO NOTHING`;

const IS_OWN = `SELECT 1 FROM slots WHERE workflow = ? AND place = ? AND token = ?`;

const DROP = `DELETE FROM slots WHERE workflow = ? AND place = ? AND token = ?`;

const FREE = `DELETE FROM slots WHERE workflow = ? AND uid = ? AND run = ? AND epoch = ? RETURNING place`;

const TAKEN = `SELECT place, id, uid, run, epoch, token, taken_at AS takenAt FROM slots WHERE workflow = ? ORDER BY place`;

const LEASED_IN = `SELECT name, uid, run, position, lease_epoch AS epoch, lease_granted_at AS grantedAt FROM heads
  WHERE namespace = ? AND workflow = ? AND status = ? AND ready_at IS NULL AND lease_session IS NOT NULL AND name > ?
  ORDER BY name LIMIT ?`;

const LEASED_STATUSES = ["running", "waitingForPause"] as const;

const COUNT_LEASED = `SELECT count(*) AS leased FROM (SELECT 1 FROM heads WHERE lease_session IS NOT NULL LIMIT ?)`;

/** The places that leases of a file have. */
export class SlotRows {
  /** Rows written since it was last set to 0. */
  written = 0;
  readonly #take: StatementSync;
  readonly #isOwn: StatementSync;
  readonly #drop: StatementSync;
  readonly #free: StatementSync;
  readonly #taken: StatementSync;
  readonly #leasedIn: StatementSync;
  readonly #countLeased: StatementSync;

  constructor(database: DatabaseSync) {
    this.#take = database.prepare(TAKE);
    this.#isOwn = database.prepare(IS_OWN);
    this.#drop = database.prepare(DROP);
    this.#free = database.prepare(FREE);
    this.#taken = database.prepare(TAKEN);
    this.#leasedIn = database.prepare(LEASED_IN);
    this.#countLeased = database.prepare(COUNT_LEASED);
  }

  take(workflow: string, { place, id, uid, run, epoch, token, takenAt }: SlotRow): boolean {
    const changes = Number(this.#take.run(workflow, place, id, uid, run, epoch, token, takenAt).changes);
    this.written += changes;
    return changes > 0 || this.#isOwn.get(workflow, place, token) !== undefined;
  }

  drop(workflow: string, place: number, token: string): void {
    this.written += Number(this.#drop.run(workflow, place, token).changes);
  }

  free(workflow: string, { uid, run, epoch }: SlotHolder): number | null {
    const [freed] = this.#free.all(workflow, uid, run, epoch) as unknown as readonly { readonly place: number }[];
    if (freed === undefined) return null;
    this.written += 1;
    return freed.place;
  }

  taken(workflow: string): readonly SlotRow[] {
    return this.#taken.all(workflow) as unknown as SlotRow[];
  }

  leasedIn(namespace: string, workflow: string, after: string, limit: number): readonly LeasedRow[] {
    const rows = LEASED_STATUSES.flatMap(
      (status) => this.#leasedIn.all(namespace, workflow, status, after, limit) as unknown as LeasedRow[],
    );
    return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit);
  }

  countLeased(limit: number): number {
    return (this.#countLeased.get(limit) as { leased: number }).leased;
  }
}
