import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EpochMs } from "../../domain/time.ts";
import type { PointerRow } from "./operations.ts";

/** Notes of released instances: when what is left of each may go. */
export class RemovalRows {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      "INSERT INTO removals (uid, name, due_at) VALUES (?, ?, ?) ON CONFLICT (uid) DO NOTHING",
    );
    this.#select = database.prepare("SELECT name, uid FROM removals WHERE due_at <= ? ORDER BY due_at, uid LIMIT ?");
    this.#delete = database.prepare("DELETE FROM removals WHERE uid = ?");
  }

  /** The first note of an instance holds. */
  add(name: string, uid: string, dueAt: EpochMs): number {
    return Number(this.#insert.run(uid, name, dueAt).changes);
  }

  due(now: EpochMs, limit: number): readonly PointerRow[] {
    return this.#select.all(now, limit) as unknown as readonly PointerRow[];
  }

  remove(uid: string): number {
    return Number(this.#delete.run(uid).changes);
  }
}
