import { EngineError, isRefusal } from "../domain/errors.ts";
import { isFinished } from "../domain/lifecycle.ts";
import type { InstanceState } from "../domain/state.ts";
import { HOLD_MS_MAX } from "../domain/limits.ts";
import type { Store } from "../store/store.ts";
import type { Blobs } from "./blobs.ts";
import type { Clock } from "./clock.ts";
import type { Instances, Moved } from "./instances.ts";
import { newsOf } from "./news.ts";
import type { PollQueue } from "./poll-queue.ts";
import { Roll } from "./roll.ts";
import type { RunningLimit } from "./running-limit.ts";
import type { Sessions } from "./sessions.ts";
import type { Settings } from "./settings.ts";
import type { Sweeper } from "./sweeper.ts";
import { isLeasedTo, nextDueInMs, recordsAfter } from "./tasks.ts";
import type {
  Accepted,
  Heartbeat,
  HeldTask,
  LeaseRef,
  NewChunk,
  Poll,
  Polled,
  TaskCommit,
  TaskJournal,
  WorkerApi,
} from "./worker-api.ts";

/** A page of a task's journal. */
const JOURNAL_PAGE = { records: 1_000, bytes: 2 * 1_048_576 };

export interface WorkersParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly blobs: Blobs;
  readonly polls: PollQueue;
  readonly sessions: Sessions;
  readonly sweeper: Sweeper;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly settings: Settings;
  readonly running: RunningLimit;
}

/** The use cases of workers. */
export class Workers implements WorkerApi {
  readonly #parts: WorkersParts;
  readonly #roll: Roll;

  constructor(parts: WorkersParts) {
    this.#parts = parts;
    this.#roll = new Roll(parts);
  }

  async poll(poll: Poll, signal: AbortSignal): Promise<Polled> {
    const { sessions, sweeper, polls, settings, running, leaseMs } = this.#parts;
    // Nothing is dealt out before it is known how.
    if (!settings.loaded) await settings.ready();
    if (!running.loaded) await running.ready();
    const admitted = await sessions.admit(poll);
    // A new session of a worker's name has ended the older ones.
    if (admitted === "registered" && poll.workerName !== null) {
      polls.endOlderSessions(poll);
      sweeper.hurry();
    }
    return polls.wait({ ...poll, holdMs: Math.min(poll.holdMs, HOLD_MS_MAX, leaseMs) }, signal);
  }

  async commit(session: string, commits: readonly TaskCommit[]): Promise<readonly (Accepted | EngineError)[]> {
    return Promise.all(commits.map((commit) => this.#commitOne(session, commit)));
  }

  async heartbeat(session: string, held: readonly HeldTask[]): Promise<Heartbeat> {
    await this.#parts.sessions.heartbeat(session);
    return { notices: await this.#roll.call(session, held), leaseMs: this.#parts.leaseMs };
  }

  async journal(session: string, lease: LeaseRef, after: number): Promise<TaskJournal> {
    const { instances, store } = this.#parts;
    const state = await instances.load(lease.name).catch(asLeaseLost);
    if (!isLeasedTo(state, session, lease)) throw leaseLost();
    const { records } = await store.journal({ uid: lease.uid, run: lease.run }, after, JOURNAL_PAGE);
    const { params, createdAt } = state.birth;
    return { name: lease.name, records, position: state.position, params, createdAt };
  }

  putBlob(session: string, lease: LeaseRef, chunk: NewChunk): Promise<void> {
    return this.#parts.blobs.put(session, lease, chunk).catch(asLeaseLost);
  }

  blob(lease: LeaseRef, blob: string, chunk: number): Promise<Uint8Array> {
    return this.#parts.blobs.ofTask(lease, blob, chunk);
  }

  async shutdown(session: string): Promise<void> {
    const { sessions, polls, sweeper } = this.#parts;
    await sessions.end(session);
    polls.endSession(session);
    await sweeper.release(session, "released");
  }

  async #commitOne(session: string, commit: TaskCommit): Promise<Accepted | EngineError> {
    try {
      return await this.#report(session, commit);
    } catch (error) {
      // An unknown outcome is the call's: its commits are sent again as they are.
      if (!(error instanceof EngineError) || error.reason === "STORE_UNAVAILABLE") throw error;
      return error;
    }
  }

  async #report(session: string, { lease, sequence, seenPosition, operations, park }: TaskCommit): Promise<Accepted> {
    const { instances, blobs, settings } = this.#parts;
    const limits = settings.limits(lease.name);
    const report = { epoch: lease.epoch, sequence };
    const { uid, run } = lease;
    const move = { kind: "report", session, uid, run, report, operations, park, limits } as const;
    const check = () => blobs.require(uid, operations);
    const moved = await instances.move(lease.name, move, check).catch(asLeaseLost);
    return this.#accepted(moved, lease, seenPosition);
  }

  async #accepted(moved: Moved, lease: LeaseRef, seenPosition: number): Promise<Accepted> {
    const { store, clock, polls } = this.#parts;
    const { next, record, recent, putOff } = moved;
    const atHand = record === null ? recent : [...recent, record];
    const records = await recordsAfter(store, next, seenPosition, atHand);
    const position = records.at(-1)?.position ?? next.position;
    const leaseState = leaseStateOf(next, lease);
    // What did not fit comes with the report that this asks for.
    if (position < next.position && next.lease !== null) polls.notify(next.lease.session, { lease, leaseLost: false });
    return {
      position,
      leaseState,
      news: newsOf(records),
      putOff,
      pausing: next.status === "waitingForPause",
      nextDueInMs: nextDueInMs(next, clock.now()),
    };
  }
}

function leaseStateOf(state: InstanceState, { epoch }: LeaseRef): Accepted["leaseState"] {
  if (isFinished(state.status)) return "finished";
  return state.lease?.epoch === epoch ? "held" : "released";
}

function leaseLost(): EngineError {
  return new EngineError("LEASE_LOST", "the lease of this task has ended or passed on");
}

/** For the holder of a lease, an instance that is gone is a lease that is lost. */
function asLeaseLost(error: unknown): never {
  throw isRefusal(error, "INSTANCE_NOT_FOUND") ? leaseLost() : error;
}
