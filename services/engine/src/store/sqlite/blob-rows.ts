import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { BlobSize, ChunkKey } from "../store.ts";

/** The chunks of a file's streams. */
export class BlobRows {
  /** Rows written since it was last set to 0. */
  written = 0;
  readonly #put: StatementSync;
  readonly #get: StatementSync;
  readonly #size: StatementSync;
  readonly #drop: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("INSERT OR REPLACE INTO blobs (uid, blob, chunk, bytes) VALUES (?, ?, ?, ?)");
    this.#get = database.prepare("SELECT bytes FROM blobs WHERE uid = ? AND blob = ? AND chunk = ?");
    this.#size = database.prepare(
      "SELECT count(*) AS chunks, coalesce(sum(length(bytes)), 0) AS bytes FROM blobs WHERE uid = ? AND blob = ?",
    );
    this.#drop = database.prepare(
      "DELETE FROM blobs WHERE uid = ? AND substr(blob, 1, length(?2)) = ?2 AND blob <> ?3",
    );
    this.#remove = database.prepare("DELETE FROM blobs WHERE uid = ?");
  }

  put({ uid, blob, chunk }: ChunkKey, bytes: Uint8Array): void {
    this.written += Number(this.#put.run(uid, blob, chunk, bytes).changes);
  }

  get({ uid, blob, chunk }: ChunkKey): Uint8Array | null {
    const row = this.#get.get(uid, blob, chunk) as { readonly bytes: Uint8Array } | undefined;
    return row?.bytes ?? null;
  }

  size(uid: string, blob: string): BlobSize {
    const { chunks, bytes } = this.#size.get(uid, blob) as { readonly chunks: number; readonly bytes: number };
    return { chunks, bytes };
  }

  drop(uid: string, prefix: string, kept: string): void {
    this.written += Number(this.#drop.run(uid, prefix, kept).changes);
  }

  remove(uid: string): void {
    this.written += Number(this.#remove.run(uid).changes);
  }
}
