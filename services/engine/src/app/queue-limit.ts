import { LRUCache } from "lru-cache";
import { EngineError } from "../domain/errors.ts";
import { workflowText, type WorkflowName } from "../domain/name.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { Tally } from "./tally.ts";

/** Instances that may queue here before the first look at a workflow: most workflows are never looked at. */
const UNSEEN_MAX = 1_000;

/** The part of what is free that may queue here before the next look. Ours: ten replicas together come to the limit, and not beyond. */
const FREE_SHARE = 10;

/** Workflows whose queue is remembered. */
const WORKFLOWS_MAX = 10_000;

export interface QueueLimitParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Instances of a workflow that may queue. */
  readonly max: number;
}

/** Refuses new instances of a workflow whose queue is full. */
export class QueueLimit {
  readonly #parts: QueueLimitParts;
  readonly #tallies = new LRUCache<string, Tally>({ max: WORKFLOWS_MAX });

  constructor(parts: QueueLimitParts) {
    this.#parts = parts;
  }

  /** Counts one more that is to queue. @throws {EngineError} LIMIT_EXCEEDED, with when to try again. */
  async admit(name: WorkflowName): Promise<void> {
    const { max } = this.#parts;
    const tally = this.#tallyOf(name);
    if (!tally.hasRoom() && !(await tally.hasRoomNow())) {
      throw new EngineError("LIMIT_EXCEEDED", `${max} instances of workflow "${name.workflow}" are queued already`, {
        limitInstances: String(max),
        retryDelayMs: String(SECOND_MS),
      });
    }
    tally.add();
  }

  #tallyOf({ namespace, workflow }: WorkflowName): Tally {
    const { store, clock, log, max } = this.#parts;
    const key = workflowText({ namespace, workflow });
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const count = async () => (await store.countByStatus({ namespace, workflow })).get("queued") ?? 0;
    const addedUnseen = (free: number | null) =>
      Math.max(1, free === null ? Math.min(UNSEEN_MAX, max / FREE_SHARE) : free / FREE_SHARE);
    const tally = new Tally({ max, count, addedUnseen, clock, log });
    this.#tallies.set(key, tally);
    return tally;
  }
}
