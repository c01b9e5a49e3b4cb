import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EpochMs } from "../../domain/time.ts";
import { SESSION_KEPT_MS } from "../limits.ts";
import type { Session } from "../store.ts";

interface SessionRow {
  readonly namespace: string;
  readonly worker: string | null;
  readonly expires_at: EpochMs;
  readonly registered_at: EpochMs;
  readonly ended: number;
}

/** The sessions of a file. */
export class SessionRows {
  /** Rows written since it was last looked at. */
  written = 0;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #extend: StatementSync;
  readonly #end: StatementSync;
  readonly #endOlder: StatementSync;
  readonly #forget: StatementSync;
  readonly #alive: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(
      "SELECT namespace, worker, registered_at, expires_at, ended FROM sessions WHERE id = ?",
    );
    this.#insert = database.prepare(
      "INSERT INTO sessions (id, namespace, worker, registered_at, expires_at, ended) VALUES (?, ?, ?, ?, ?, 0)",
    );
    this.#extend = database.prepare("UPDATE sessions SET expires_at = ? WHERE id = ? AND expires_at < ?");
    this.#end = database.prepare("UPDATE sessions SET ended = 1 WHERE id = ? AND ended = 0");
    this.#endOlder = database.prepare(
      "UPDATE sessions SET ended = 1 WHERE namespace = ? AND worker = ? AND id <> ? AND registered_at <= ? AND ended = 0",
    );
    this.#forget = database.prepare("DELETE FROM sessions WHERE expires_at <= ?");
    this.#alive = database.prepare("SELECT id FROM sessions WHERE ended = 0 AND expires_at > ? ORDER BY id");
  }

  /** Whether the session is alive after it. */
  extend(session: Session, now: EpochMs, register: boolean): boolean {
    const { id, namespace, expiresAt } = session;
    const row = this.#select.get(id) as SessionRow | undefined;
    const fresh = { namespace, worker: workerColumn(session), registered_at: now };
    if (row === undefined) {
      if (!register) return false;
      this.#run(this.#insert, id, namespace, fresh.worker, now, expiresAt);
    } else if (row.ended !== 0 || row.expires_at <= now) {
      this.end(id);
      return false;
    } else {
      this.#run(this.#extend, expiresAt, id, expiresAt);
    }
    if (register) this.#endOlderThan(id, row ?? fresh);
    return true;
  }

  end(id: string): void {
    this.#run(this.#end, id);
  }

  alive(now: EpochMs): readonly string[] {
    this.#run(this.#forget, now - SESSION_KEPT_MS);
    return this.#alive.all(now).map((row) => (row as { id: string }).id);
  }

  #endOlderThan(
    id: string,
    { namespace, worker, registered_at }: Pick<SessionRow, "namespace" | "worker" | "registered_at">,
  ): void {
    if (worker !== null) this.#run(this.#endOlder, namespace, worker, id, registered_at);
  }

  #run(statement: StatementSync, ...values: readonly (string | number | null)[]): void {
    this.written += Number(statement.run(...values).changes);
  }
}

/** As JSON: a name is any text, and half a surrogate pair would not survive a column. */
function workerColumn({ workerName }: Session): string | null {
  return workerName === null ? null : JSON.stringify(workerName);
}
