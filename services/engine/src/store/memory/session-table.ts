import type { EpochMs } from "../../domain/time.ts";
import { SESSION_KEPT_MS } from "../limits.ts";
import type { Session } from "../store.ts";

interface Row {
  readonly session: Session;
  readonly registeredAt: EpochMs;
  readonly ended: boolean;
}

/** Every session that is known, the ended ones for a while. */
export class SessionTable {
  readonly #rows = new Map<string, Row>();
  readonly #onWritten: (rows: number) => void;

  constructor(onWritten: (rows: number) => void) {
    this.#onWritten = onWritten;
  }

  extend(session: Session, now: EpochMs, register: boolean): "alive" | "lost" {
    const row = this.#rows.get(session.id);
    if (row === undefined && !register) return "lost";
    if (row !== undefined && (row.ended || row.session.expiresAt <= now)) {
      this.end(session.id);
      return "lost";
    }
    const registered = row ?? { session, registeredAt: now, ended: false };
    const expiresAt = Math.max(registered.session.expiresAt, session.expiresAt);
    if (row?.session.expiresAt !== expiresAt) {
      this.#put({ ...registered, session: { ...registered.session, expiresAt } });
    }
    if (register) this.#endOlder(registered);
    return "alive";
  }

  end(id: string): void {
    const row = this.#rows.get(id);
    if (row !== undefined && !row.ended) this.#put({ ...row, ended: true });
  }

  alive(now: EpochMs): readonly string[] {
    const alive: string[] = [];
    for (const [id, { session, ended }] of this.#rows) {
      if (session.expiresAt <= now - SESSION_KEPT_MS) {
        this.#rows.delete(id);
        this.#onWritten(1);
      } else if (!ended && session.expiresAt > now) alive.push(id);
    }
    return alive.toSorted();
  }

  #endOlder({ session, registeredAt }: Row): void {
    if (session.workerName === null) return;
    for (const [id, other] of this.#rows) {
      const sameWorker =
        other.session.namespace === session.namespace && other.session.workerName === session.workerName;
      if (id !== session.id && sameWorker && other.registeredAt <= registeredAt) this.end(id);
    }
  }

  #put(row: Row): void {
    this.#rows.set(row.session.id, row);
    this.#onWritten(1);
  }
}
