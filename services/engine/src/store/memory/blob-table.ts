import type { BlobSize, ChunkKey } from "../store.ts";

/** The chunks of streams, by instance and blob. */
export class BlobTable {
  readonly #instances = new Map<string, Map<string, Map<number, Uint8Array>>>();

  put({ uid, blob, chunk }: ChunkKey, bytes: Uint8Array): void {
    const blobs = this.#instances.get(uid) ?? new Map<string, Map<number, Uint8Array>>();
    const chunks = blobs.get(blob) ?? new Map<number, Uint8Array>();
    this.#instances.set(uid, blobs.set(blob, chunks.set(chunk, bytes.slice())));
  }

  get({ uid, blob, chunk }: ChunkKey): Uint8Array | undefined {
    return this.#instances.get(uid)?.get(blob)?.get(chunk)?.slice();
  }

  size(uid: string, blob: string): BlobSize {
    const chunks = [...(this.#instances.get(uid)?.get(blob)?.values() ?? [])];
    return { chunks: chunks.length, bytes: chunks.reduce((sum, { byteLength }) => sum + byteLength, 0) };
  }

  /** Returns how many chunks went. */
  drop(uid: string, prefix: string, kept: string): number {
    let dropped = 0;
    const blobs = this.#instances.get(uid) ?? new Map<string, Map<number, Uint8Array>>();
    for (const [blob, chunks] of blobs) {
      if (!blob.startsWith(prefix) || blob === kept) continue;
      dropped += chunks.size;
      blobs.delete(blob);
    }
    return dropped;
  }

  /** Removes all of an instance. Returns how many chunks went. */
  remove(uid: string): number {
    const chunks = [...(this.#instances.get(uid)?.values() ?? [])].reduce((sum, { size }) => sum + size, 0);
    this.#instances.delete(uid);
    return chunks;
  }
}
