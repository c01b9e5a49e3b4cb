import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StatusRow, WorkflowRow } from "./operations.ts";

const PUT_FIRST = `INSERT INTO workflows (name, revision, document) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING`;

const REPLACE = `UPDATE workflows SET revision = ?, document = ? WHERE name = ? AND revision = ?`;

/** Looks up one name after the other: cheaper than a walk through all instances. */
const NEXT_WITH_INSTANCES = `SELECT min(workflow) AS workflow FROM heads WHERE namespace = ? AND workflow > ?`;

const COUNT = `SELECT status, count(*) AS instances FROM heads WHERE namespace = ? AND workflow = ? GROUP BY status`;

/** The workflows of a file. */
export class WorkflowRows {
  /** Rows written since it was last looked at. */
  written = 0;
  readonly #putFirst: StatementSync;
  readonly #replace: StatementSync;
  readonly #get: StatementSync;
  readonly #page: StatementSync;
  readonly #delete: StatementSync;
  readonly #nextWithInstances: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync) {
    this.#putFirst = database.prepare(PUT_FIRST);
    this.#replace = database.prepare(REPLACE);
    this.#get = database.prepare("SELECT name, document FROM workflows WHERE name = ?");
    this.#page = database.prepare("SELECT name, document FROM workflows WHERE name > ? ORDER BY name LIMIT ?");
    this.#delete = database.prepare("DELETE FROM workflows WHERE name = ?");
    this.#nextWithInstances = database.prepare(NEXT_WITH_INSTANCES);
    this.#count = database.prepare(COUNT);
  }

  put(name: string, revision: string, document: Uint8Array, replaces: string | null): boolean {
    if (replaces === null) return this.#run(this.#putFirst, name, revision, document);
    return this.#run(this.#replace, revision, document, name, replaces);
  }

  get(name: string): WorkflowRow | null {
    return (this.#get.get(name) as WorkflowRow | undefined) ?? null;
  }

  page(after: string, limit: number): readonly WorkflowRow[] {
    return this.#page.all(after, limit) as unknown as WorkflowRow[];
  }

  remove(name: string): void {
    this.#run(this.#delete, name);
  }

  withInstances(namespace: string, after: string, limit: number): readonly string[] {
    const names: string[] = [];
    for (let last = after; names.length < limit;) {
      const { workflow } = this.#nextWithInstances.get(namespace, last) as { workflow: string | null };
      if (workflow === null) break;
      names.push((last = workflow));
    }
    return names;
  }

  countByStatus(namespace: string, workflow: string): readonly StatusRow[] {
    return this.#count.all(namespace, workflow) as unknown as StatusRow[];
  }

  #run(statement: StatementSync, ...values: readonly (string | Uint8Array)[]): boolean {
    const changes = Number(statement.run(...values).changes);
    this.written += changes;
    return changes > 0;
  }
}
