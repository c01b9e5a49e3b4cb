import { create } from "@bufbuild/protobuf";
import { type Client, ConnectError } from "@connectrpc/connect";
import { setTimeout as delay } from "node:timers/promises";
import {
  type CommitRefused,
  CommitRefusedSchema,
  type TaskCommit,
  type TaskCommitResult,
} from "../../gen/perdure/v1/task_pb.ts";
import type { WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import { reasonOf } from "../transport-errors.ts";
import { backoffMs } from "../transport-retry.ts";
import type { Log } from "./log.ts";
import { turn } from "./turn.ts";

/** Calls under way at once: one is written to disk while the next is filled. */
const CALLS_MAX = 2;

/** Commits in one call. The contract's limit. */
const COMMITS_PER_CALL_MAX = 1_000;

/** Of one call; the engine reads 16 MiB at most. */
const CALL_BYTES_MAX = 12 * 1_048_576;

/** After this long, a call's outcome counts as unknown, and it is made again. */
const CALL_TIMEOUT_MS = 30_000;

export type CommitOutcome = TaskCommitResult["outcome"];

/** A commit of one task on its way to the engine. */
export interface Report {
  readonly commit: TaskCommit;
  /** About what it weighs. */
  readonly bytes: number;
  /** Fires when nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
}

interface Waiting extends Report {
  readonly resolve: (outcome: CommitOutcome) => void;
  /** It was in a call that was refused as a whole. */
  alone: boolean;
}

/**
 * Sends the commits of many instances in shared calls: what is there goes when a call returns. A call with an
 * unknown outcome is made again with the same commits, as long as anybody waits for them.
 */
export class Reporter {
  readonly #client: Client<typeof WorkerService>;
  readonly #session: string;
  readonly #log: Log;
  readonly #closed = new AbortController();
  #waiting: Waiting[] = [];
  #calls = 0;
  #failures = 0;
  #scheduled = false;

  constructor(client: Client<typeof WorkerService>, session: string, log: Log) {
    this.#client = client;
    this.#session = session;
    this.#log = log;
  }

  /** Resolves when the commit is in the journal or refused; never when the signal fires, or after `close`. */
  report(report: Report): Promise<CommitOutcome> {
    return new Promise((resolve) => {
      this.#waiting.push({ ...report, resolve, alone: false });
      this.#schedule();
    });
  }

  /** Drops what waits and ends the calls under way. */
  close(): void {
    this.#waiting = [];
    this.#closed.abort();
  }

  /** After all that this turn of the event loop brings: what many instances report together leaves together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void this.#sendAfterTurn();
  }

  async #sendAfterTurn(): Promise<void> {
    await turn();
    this.#scheduled = false;
    while (this.#calls < CALLS_MAX) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      void this.#send(batch);
    }
  }

  #takeBatch(): readonly Waiting[] {
    this.#waiting = this.#waiting.filter(({ signal }) => !signal.aborted);
    if (this.#waiting[0]?.alone === true) return this.#waiting.splice(0, 1);
    let bytes = 0;
    const end = this.#waiting.findIndex((waiting, index) => {
      bytes += waiting.bytes;
      return index > 0 && (waiting.alone || index === COMMITS_PER_CALL_MAX || bytes > CALL_BYTES_MAX);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    this.#calls += 1;
    try {
      const commits = batch.map(({ commit }) => commit);
      const options = { timeoutMs: CALL_TIMEOUT_MS, signal: this.#closed.signal };
      const { results } = await this.#client.commitTasks({ session: this.#session, commits }, options);
      this.#failures = 0;
      batch.forEach((waiting, index) => waiting.resolve(results[index]?.outcome ?? { case: undefined }));
    } catch (error) {
      await this.#onFailure(batch, error);
    }
    this.#calls -= 1;
    this.#schedule();
  }

  async #onFailure(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const refusal = refusalOf(error);
    if (refusal === null) {
      this.#failures += 1;
      const { signal } = this.#closed;
      this.#log.warn({ error, commits: batch.length, failures: this.#failures }, "reports not delivered, trying again");
      await delay(backoffMs(this.#failures), undefined, { signal, ref: false }).catch(() => {});
    }
    if (refusal !== null && batch.length === 1) batch[0]?.resolve({ case: "refused", value: refusal });
    else this.#waiting.unshift(...batch.map((waiting) => ({ ...waiting, alone: refusal !== null })));
  }
}

/** What a call that failed says of its commits; null when it says nothing of them, and it is to be made again. */
function refusalOf(error: unknown): CommitRefused | null {
  const reason = reasonOf(error);
  const { rawMessage: message } = ConnectError.from(error);
  if (reason === "SESSION_LOST" || reason === "LEASE_LOST") {
    return create(CommitRefusedSchema, { reason: "LEASE_LOST", message });
  }
  // Whatever else ends a call is a matter of load, of configuration or of a proxy, and no instance's fault.
  return reason === "INVALID_FIELD" ? create(CommitRefusedSchema, { reason, message }) : null;
}
