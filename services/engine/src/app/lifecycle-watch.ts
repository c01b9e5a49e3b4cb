import { LRUCache } from "lru-cache";
import { EngineError } from "../domain/errors.ts";
import type { Head } from "../domain/head.ts";
import { turnsBetween, type LifecycleEvent, type Stage } from "../domain/lifecycle-event.ts";
import { isFinished, type Status } from "../domain/lifecycle.ts";
import { nameText, type InstanceName } from "../domain/name.ts";
import type { InstanceState } from "../domain/state.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { ListQuery, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Feed } from "./feed.ts";

/** How often a watch looks for what other replicas wrote. */
const LOOK_PAUSE_MS = 2 * SECOND_MS;

/** Instances that a look reads at most: the newest. Ours: a look is one index range. */
const LOOK_MAX = 1_000;

/** Instances whose stage a watch remembers; of others it may tell a turn again. */
const KNOWN_MAX = 20_000;

/** Events that wait for a slow reader. */
const WAITING_MAX = 10_000;

const UNFINISHED: readonly Status[] = ["queued", "running", "waiting", "waitingForPause", "paused"];

export interface LifecycleFilter {
  readonly namespace: string;
  /** Null: all. */
  readonly workflow: string | null;
}

export interface LifecycleParts {
  readonly store: Store;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly draining: AbortSignal;
}

/**
 * The turns of all instances of a workflow, or a namespace, from now on: an empty list says since when. What this replica writes is told at once, each
 * turn of it; what others write is found by looking, where of several turns since the last look the newest are told.
 *
 * @throws {EngineError} LIMIT_EXCEEDED when the reader is too slow; SHUTTING_DOWN when this replica stops.
 */
export async function* watchLifecycle(
  parts: LifecycleParts,
  filter: LifecycleFilter,
  signal: AbortSignal,
): AsyncGenerator<readonly LifecycleEvent[]> {
  const watch = new LifecycleWatch(parts, filter, AbortSignal.any([signal, parts.draining]));
  try {
    await watch.begin();
    yield [];
    while (!signal.aborted) {
      const events = await watch.next();
      if (events.length > 0) yield events;
      else if (parts.draining.aborted) {
        throw new EngineError("SHUTTING_DOWN", "this replica is shutting down; watch another");
      }
    }
  } finally {
    watch.close();
  }
}

class LifecycleWatch {
  readonly #parts: LifecycleParts;
  readonly #filter: LifecycleFilter;
  readonly #ended: AbortSignal;
  readonly #known = new LRUCache<string, Stage & { readonly uid: string }>({ max: KNOWN_MAX });
  readonly #stops: readonly (() => void)[];
  readonly #startedAt: EpochMs;
  #events: LifecycleEvent[] = [];
  #overflown = false;
  #lookAt: EpochMs = 0;
  #unfinished = new Map<string, InstanceName>();
  #wake: () => void = () => {};

  constructor(parts: LifecycleParts, filter: LifecycleFilter, ended: AbortSignal) {
    this.#parts = parts;
    this.#filter = filter;
    this.#ended = ended;
    this.#startedAt = parts.clock.now();
    this.#stops = [
      parts.feed.onCreated((created) => this.#note(created, null, created.birth.createdAt)),
      parts.feed.onAny(({ before, after, record }) => this.#note(after, before, record.committedAt)),
    ];
  }

  /** Learns what there is already. */
  async begin(): Promise<void> {
    if (!this.#parts.store.exclusive) await this.#look(true);
  }

  /** What has gathered; empty when it is time to look, or to end. */
  async next(): Promise<readonly LifecycleEvent[]> {
    const { store, clock } = this.#parts;
    if (!store.exclusive && clock.now() >= this.#lookAt) await this.#look(false);
    if (this.#overflown) {
      throw new EngineError("LIMIT_EXCEEDED", `more than ${WAITING_MAX} events wait for this watch; read faster`, {
        limitEvents: String(WAITING_MAX),
      });
    }
    if (this.#events.length === 0 && !this.#ended.aborted) await this.#pause();
    const events = this.#events;
    this.#events = [];
    return events;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const cancel = this.#parts.store.exclusive ? () => {} : this.#parts.clock.after(LOOK_PAUSE_MS, resolve);
    this.#ended.addEventListener("abort", this.#wake, { once: true });
    await promise;
    this.#ended.removeEventListener("abort", this.#wake);
    cancel();
  }

  #fits({ namespace, workflow }: InstanceName): boolean {
    return namespace === this.#filter.namespace && (this.#filter.workflow ?? workflow) === workflow;
  }

  #note({ birth, run, status, epoch, purged }: InstanceState, before: InstanceState | null, at: EpochMs): void {
    if (!this.#fits(birth.name) || purged) return;
    const earlier = before === null ? null : { run: before.run, status: before.status, begun: before.epoch > 0 };
    this.#tell(birth.name, birth.uid, earlier, { run, status, begun: epoch > 0 }, at);
  }

  #tell(name: InstanceName, uid: string, before: Stage | null, after: Stage, at: EpochMs): void {
    this.#known.set(nameText(name), { ...after, uid });
    for (const type of turnsBetween(before, after)) {
      if (this.#events.length >= WAITING_MAX) this.#overflown = true;
      else this.#events.push({ type, name, run: after.run, at });
    }
    if (this.#events.length > 0) this.#wake();
  }

  /** Finds what is not finished and what is new, then reads what has gone from the former: it has ended, or was removed. */
  async #look(first: boolean): Promise<void> {
    const { store } = this.#parts;
    const query: ListQuery = {
      ...this.#filter,
      statuses: UNFINISHED,
      createdFrom: null,
      createdBefore: null,
      after: null,
      limit: LOOK_MAX,
    };
    const unfinished = await store.list(query);
    const fresh = await store.list({ ...query, statuses: [], createdFrom: this.#startedAt });
    const now = new Map(unfinished.map(({ birth }) => [nameText(birth.name), birth.name]));
    for (const head of [...unfinished, ...fresh]) this.#compare(head, first);
    for (const [text, name] of this.#unfinished) {
      const head = now.has(text) ? undefined : await store.head(name);
      if (head !== undefined) this.#compare(head, first);
    }
    this.#unfinished = now;
    this.#lookAt = this.#parts.clock.now() + LOOK_PAUSE_MS;
  }

  #compare({ birth, index }: Head, first: boolean): void {
    const { run, status, lease, position, endedAt, runStartedAt } = index;
    const key = nameText(birth.name);
    const known = this.#known.get(key);
    const before = known?.uid === birth.uid ? known : null;
    // A head may lag behind what this replica wrote itself.
    if (before !== null && (before.run > run || (before.run === run && isFinished(before.status)))) return;
    const active = status !== "queued" && status !== "paused" && status !== "terminated" && position > 0;
    const after = { run, status, begun: before?.run === run ? before.begun || active : lease !== null || active };
    const isOld = before === null && birth.createdAt < this.#startedAt;
    if (isOld || (first && before === null)) this.#known.set(key, { ...after, uid: birth.uid });
    else this.#tell(birth.name, birth.uid, before, after, endedAt ?? Math.max(runStartedAt, this.#parts.clock.now()));
  }
}
