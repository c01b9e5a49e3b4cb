import { storageLimitExceeded } from "../domain/apply-step.ts";
import { EngineError } from "../domain/errors.ts";
import type { InstanceName } from "../domain/name.ts";
import type { Operation } from "../domain/operation.ts";
import type { Store } from "../store/store.ts";
import type { Instances } from "./instances.ts";
import { isLeasedTo } from "./tasks.ts";
import type { LeaseRef, NewChunk } from "./worker-api.ts";

export interface BlobsParts {
  readonly store: Store;
  readonly instances: Instances;
  /** Bytes that an instance may store. */
  readonly bytesMax: number;
}

/**
 * The streams that steps give: stored chunk by chunk while their attempts run, and part of the instance once a step is
 * completed with them. What attempts have left unfinished goes when the next attempt begins with its own, or with the
 * instance.
 */
export class Blobs {
  readonly #parts: BlobsParts;

  constructor(parts: BlobsParts) {
    this.#parts = parts;
  }

  /** @throws {EngineError} LEASE_LOST; LIMIT_EXCEEDED when the instance would store more than it may. */
  async put(session: string, lease: LeaseRef, { blob, chunk, bytes }: NewChunk): Promise<void> {
    const { store, instances, bytesMax } = this.#parts;
    const state = instances.peek(lease.name)?.state ?? (await instances.load(lease.name));
    if (!isLeasedTo(state, session, lease)) throw leaseLost();
    // Chunks of a stream are of one size but for the last; what there really is counts when the step is completed.
    const least = state.storedBytes + chunk * bytes.byteLength + bytes.byteLength;
    if (least > bytesMax) throw storageLimitExceeded(least, bytesMax);
    if (chunk === 0) await store.dropBlobs(lease.uid, groupOf(blob), blob);
    await store.putChunk({ uid: lease.uid, blob, chunk }, bytes);
  }

  /** @throws {EngineError} LEASE_LOST when the instance is gone; BLOB_NOT_FOUND. */
  async ofTask({ name, uid }: LeaseRef, blob: string, chunk: number): Promise<Uint8Array> {
    const head = await this.#parts.store.head(name);
    if (head?.birth.uid !== uid) throw leaseLost();
    return this.#get(uid, blob, chunk);
  }

  /** @throws {EngineError} INSTANCE_NOT_FOUND; BLOB_NOT_FOUND. */
  async ofInstance(name: InstanceName, blob: string, chunk: number): Promise<Uint8Array> {
    const { birth } = await this.#parts.instances.load(name);
    return this.#get(birth.uid, blob, chunk);
  }

  /** Makes sure that the streams which steps are completed with are there. @throws {EngineError} JOURNAL_MISMATCH. */
  async require(uid: string, operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      if (operation.kind !== "completeStep" || operation.output.form !== "stream") continue;
      const { blob, size, chunks } = operation.output;
      const stored = await this.#parts.store.blobSize(uid, blob);
      if (stored.chunks === chunks && stored.bytes === size) continue;
      throw new EngineError(
        "JOURNAL_MISMATCH",
        `stream "${blob}" has ${stored.bytes} bytes in ${stored.chunks} chunks, not ${size} in ${chunks}`,
      );
    }
  }

  async #get(uid: string, blob: string, chunk: number): Promise<Uint8Array> {
    const bytes = await this.#parts.store.chunk({ uid, blob, chunk });
    if (bytes !== undefined) return bytes;
    throw new EngineError("BLOB_NOT_FOUND", `stream "${blob}" has no chunk ${chunk}`);
  }
}

/** What the names of all attempts of a step have in common: all up to the last dot. */
function groupOf(blob: string): string {
  const end = blob.lastIndexOf(".");
  return end === -1 ? blob : blob.slice(0, end + 1);
}

function leaseLost(): EngineError {
  return new EngineError("LEASE_LOST", "the lease of this task has ended or passed on");
}
