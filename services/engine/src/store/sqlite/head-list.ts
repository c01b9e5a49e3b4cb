import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ListQuery } from "../store.ts";
import { HEAD_COLUMNS } from "./head-rows.ts";
import type { HeadRow } from "./operations.ts";

interface ListedRow extends HeadRow {
  readonly createdAt: number;
  readonly uid: string;
}

/** Pages through heads, newest first, by the index that fits the filter. */
export class HeadList {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  page(query: ListQuery): readonly HeadRow[] {
    const { statuses, limit } = query;
    if (statuses.length === 0) return this.#select(query, null);
    // One look a status, each in order and no longer than the page: no look sorts more than it returns.
    const rows = [...new Set(statuses)].flatMap((status) => this.#select(query, status));
    return rows.toSorted((a, b) => b.createdAt - a.createdAt || (a.uid < b.uid ? 1 : -1)).slice(0, limit);
  }

  #select(
    { namespace, workflow, createdFrom, createdBefore, after, limit }: ListQuery,
    status: string | null,
  ): readonly ListedRow[] {
    const conditions: readonly (readonly [string, readonly (string | number)[]])[] = [
      ["namespace = ?", [namespace]],
      ...(workflow === null ? [] : [["workflow = ?", [workflow]] as const]),
      ...(status === null ? [] : [["status = ?", [status]] as const]),
      ...(createdFrom === null ? [] : [["created_at >= ?", [createdFrom]] as const]),
      ...(createdBefore === null ? [] : [["created_at < ?", [createdBefore]] as const]),
      ...(after === null ? [] : [["(created_at, uid) < (?, ?)", [after.createdAt, after.uid]] as const]),
    ];
    const where = conditions.map(([condition]) => condition).join(" AND ");
    const values = conditions.flatMap(([, bound]) => bound);
    return this.#prepared(where).all(...values, limit) as unknown as ListedRow[];
  }

  #prepared(where: string): StatementSync {
    const known = this.#statements.get(where);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(
      `SELECT ${HEAD_COLUMNS}, created_at AS createdAt, uid FROM heads JOIN births USING (key)
        WHERE ${where} ORDER BY created_at DESC, uid DESC LIMIT ?`,
    );
    this.#statements.set(where, statement);
    return statement;
  }
}
