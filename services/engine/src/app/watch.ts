import { EngineError } from "../domain/errors.ts";
import { foldRecord } from "../domain/fold.ts";
import { isFinished } from "../domain/lifecycle.ts";
import type { InstanceName } from "../domain/name.ts";
import { initialState } from "../domain/state.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { WatchedRecord, WatchStart } from "./caller-api.ts";
import type { Clock } from "./clock.ts";
import type { Feed } from "./feed.ts";
import { notFound, type Instances } from "./instances.ts";
import { Waiter } from "./waiter.ts";

/** How often a watch looks for what other replicas wrote. */
const LOOK_AGAIN_MS = SECOND_MS;

const HEARTBEAT_MS = 30 * SECOND_MS;

const PAGE = { records: 200, bytes: 2 * 1_048_576 };

export interface WatchParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly draining: AbortSignal;
}

/**
 * The records of an instance's current run after a position: those there are, then those that come. The
 * status beside each is folded from the first record on, so that it is right at any position.
 *
 * @throws {EngineError} INSTANCE_NOT_FOUND; SHUTTING_DOWN when this replica stops before the run does.
 */
export async function* watchJournal(
  parts: WatchParts,
  name: InstanceName,
  start: WatchStart,
  signal: AbortSignal,
): AsyncGenerator<WatchedRecord> {
  const { store, instances, draining, clock } = parts;
  const waiter = new Waiter(parts, name, [signal, draining], () => true);
  try {
    const { birth, run, runStartedAt } = await instances.load(name);
    const after = start.run === null || start.run === run ? start.position : 0;
    let state = initialState(birth, run, runStartedAt);
    let lookedAt = clock.now();
    while (!signal.aborted) {
      const seen = waiter.changes;
      const { records, more } = await store.journal({ uid: birth.uid, run }, state.position, PAGE);
      for (const record of records) {
        state = foldRecord(state, record);
        if (state.purged) throw notFound(name);
        if (record.position > after) yield { run, record, status: state.status };
        if (state.run !== run || isFinished(state.status)) return;
      }
      if (more) continue;
      // Of a removed instance the records may be gone before they were read here.
      const looks = records.length === 0 && (store.exclusive || clock.now() - lookedAt >= HEARTBEAT_MS);
      if (looks && (await store.head(name))?.birth.uid !== birth.uid) throw notFound(name);
      if (looks) lookedAt = clock.now();
      if (draining.aborted) throw new EngineError("SHUTTING_DOWN", "this replica is shutting down; watch another");
      await waiter.next(seen, store.exclusive ? HEARTBEAT_MS : LOOK_AGAIN_MS);
    }
  } finally {
    waiter.close();
  }
}
