import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isFull } from "../journal-page.ts";
import type { JournalPage } from "../store.ts";
import type { AppendRow, RecordRows } from "./operations.ts";

/** The journals of a file. */
export class JournalRows {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      "INSERT INTO journal (uid, run, position, record) VALUES (?, ?, ?, ?) ON CONFLICT (uid, run, position) DO NOTHING",
    );
    this.#select = database.prepare(
      "SELECT position, record FROM journal WHERE uid = ? AND run = ? AND position > ? ORDER BY position",
    );
    this.#delete = database.prepare("DELETE FROM journal WHERE uid = ?");
  }

  /** Returns how many were written: none when the position is taken. */
  insert({ uid, run, position, record }: AppendRow): number {
    return Number(this.#insert.run(uid, run, position, record).changes);
  }

  page(uid: string, run: number, after: number, page: JournalPage): RecordRows {
    const records: { position: number; record: Uint8Array }[] = [];
    let bytes = 0;
    for (const row of this.#select.iterate(uid, run, after)) {
      if (isFull(page, records.length, bytes)) return { records, more: true };
      const record = row as { position: number; record: Uint8Array };
      records.push(record);
      bytes += record.record.byteLength;
    }
    return { records, more: false };
  }

  remove(uid: string): number {
    return Number(this.#delete.run(uid).changes);
  }
}
