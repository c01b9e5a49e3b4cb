import { decide } from "../domain/decide.ts";
import type { Decision } from "../domain/draft.ts";
import type { JournalRecord } from "../domain/entry.ts";
import { EngineError, isRefusal } from "../domain/errors.ts";
import { foldRecord } from "../domain/fold.ts";
import { indexOf, isAtRest, type Head } from "../domain/head.ts";
import type { Move } from "../domain/move.ts";
import { nameText, type InstanceName } from "../domain/name.ts";
import { initialState, settleState, type InstanceState, type MutableState } from "../domain/state.ts";
import type { JournalId, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import { planCommit } from "./commit-plan.ts";
import type { Feed } from "./feed.ts";
import { InstanceCache, recentAfter, type CachedInstance } from "./instance-cache.ts";
import { Lanes } from "./lanes.ts";
import { release } from "./removal.ts";
import { writeNextRun } from "./restart.ts";

/** Attempts to take a journal's next position before giving up. Ours: each lost race means that somebody else moved on. */
const RACES_MAX = 50;

/** Records a read of a journal brings at most; its bytes are bounded too. */
const FOLD_PAGE = { records: 1_000, bytes: 8 * 1_048_576 };

/** What became of a move. */
export interface Moved extends Decision {
  readonly before: InstanceState;
  /** The newest records at hand before it, oldest first. */
  readonly recent: readonly JournalRecord[];
}

/** The one way to change an instance: load, decide, append; and again when somebody else took the position. */
export class Instances {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #feed: Feed;
  readonly #cache: InstanceCache;
  readonly #lanes = new Lanes();

  constructor(store: Store, clock: Clock, feed: Feed) {
    this.#store = store;
    this.#clock = clock;
    this.#feed = feed;
    this.#cache = new InstanceCache(!store.exclusive);
  }

  /** @throws {EngineError} INSTANCE_EXISTS. */
  async create(head: Head): Promise<InstanceState> {
    const { name } = head.birth;
    return this.#lanes.run(nameText(name), async () => {
      if ((await this.#store.create(head)) === "exists") {
        const made = (await this.#isVacated(name)) && (await this.#store.create(head)) === "created";
        if (!made) throw exists(name);
      }
      const state = initialState(head.birth, 1, head.birth.createdAt);
      this.#cache.set(name, { state, stored: head.index, recent: [] });
      this.#feed.announce(state);
      return state;
    });
  }

  /**
   * Applies a move. Nothing is written when it changes nothing. A removal has freed the name, and a restart has begun the
   * next run, when it resolves.
   *
   * @param check Looks at the state that a move is about to be applied to which `decide` allows. What it throws refuses it.
   * @throws {EngineError} what `decide` refuses; INSTANCE_NOT_FOUND; STORE_UNAVAILABLE when the outcome is unknown.
   */
  async move(name: InstanceName, move: Move, check?: (before: InstanceState) => Promise<void>): Promise<Moved> {
    return this.#lanes.run(nameText(name), async () => {
      for (let race = 0; race < RACES_MAX; race++) {
        const moved = await this.#tryMove(name, move, check);
        if (moved !== "again") return this.#goOn(moved);
        this.#cache.drop(name);
      }
      throw new EngineError("JOURNAL_CONFLICT", "others keep writing to this instance; try again");
    });
  }

  /** The state as the journal has it now. @throws {EngineError} INSTANCE_NOT_FOUND. */
  async load(name: InstanceName): Promise<InstanceState> {
    return this.#lanes.run(nameText(name), async () => {
      if (!this.#store.exclusive) this.#cache.drop(name);
      return (this.#cache.get(name) ?? (await this.#fold(name))).state;
    });
  }

  /** What is known of an instance without a read; among several replicas it may be old. */
  peek(name: InstanceName): CachedInstance | undefined {
    return this.#cache.get(name);
  }

  async #tryMove(
    name: InstanceName,
    move: Move,
    check?: (before: InstanceState) => Promise<void>,
  ): Promise<Moved | "again"> {
    const known = this.#cache.get(name);
    const believed = known !== undefined && !this.#store.exclusive;
    const cached = known ?? (await this.#fold(name));
    const { state: before, recent } = cached;
    let decision: Decision;
    try {
      decision = decide(before, move, this.#clock.now());
      if (decision.record !== null) await check?.(before);
    } catch (refusal) {
      // What another replica wrote may have made it right.
      if (believed) return "again";
      throw refusal;
    }
    const { record, next } = decision;
    if (record === null) return believed ? "again" : { ...decision, before, recent };
    if ((await this.#append(name, cached, record, next)) === "conflict") return "again";
    return { ...decision, before, recent };
  }

  async #append(
    name: InstanceName,
    cached: CachedInstance,
    record: JournalRecord,
    next: InstanceState,
  ): Promise<"appended" | "conflict"> {
    const before = cached.state;
    const commit = planCommit(before, record, next, { stored: cached.stored, shared: !this.#store.exclusive });
    try {
      if ((await this.#store.append(commit)) === "conflict") return "conflict";
    } catch (error) {
      // Nobody knows whether it is written: read it again next time.
      this.#cache.drop(name);
      throw error;
    }
    settleState(next);
    cached.state = next;
    cached.stored = commit.index ?? cached.stored;
    cached.recent = recentAfter(cached.recent, record, next);
    // What is still to be done is done with what is then read.
    if (next.purged || next.restartingAt !== null || before.restartingAt !== null) this.#cache.drop(name);
    else this.#cache.set(name, cached);
    this.#feed.publish({ before, after: next, record });
    return "appended";
  }

  /** Does what follows from a move before anything else is done with the instance. */
  async #goOn(moved: Moved): Promise<Moved> {
    const { next } = moved;
    if (next.purged) await release(this.#store, this.#clock, next);
    if (next.restartingAt === null) return moved;
    return { ...moved, next: (await this.#fold(next.birth.name)).state };
  }

  /** Whether a name that was taken is free now: a removal may have been stopped before it freed it. */
  async #isVacated(name: InstanceName): Promise<boolean> {
    const head = await this.#store.head(name);
    if (head === undefined) return true;
    if (isAtRest(head.index) || (this.#store.exclusive && this.#cache.get(name) !== undefined)) return false;
    try {
      await this.#fold(name);
      return false;
    } catch (error) {
      if (isRefusal(error, "INSTANCE_NOT_FOUND")) return true;
      throw error;
    }
  }

  /** The state as the journal has it. What was stopped halfway, a removal or a restart, goes on here. */
  async #fold(name: InstanceName): Promise<CachedInstance> {
    for (;;) {
      const cached = await this.#read(name);
      const { state } = cached;
      if (state.purged) {
        await release(this.#store, this.#clock, state);
        throw notFound(name);
      }
      if (state.restartingAt === null) {
        this.#cache.set(name, cached);
        return cached;
      }
      await writeNextRun(this.#store, state, state.restartingAt);
      const { record, next } = decide(state, { kind: "completeRestart" }, this.#clock.now());
      // Somebody else may be faster: either way the next run is the current one.
      if (record !== null) await this.#append(name, cached, record, next);
    }
  }

  async #read(name: InstanceName): Promise<CachedInstance> {
    const head = await this.#store.head(name);
    if (head === undefined) throw notFound(name);
    const { birth, index } = head;
    let state = initialState(birth, index.run, index.runStartedAt);
    for (let more = true; more;) {
      const journal: JournalId = { uid: birth.uid, run: state.run };
      const slice = await this.#store.journal(journal, state.position, FOLD_PAGE);
      for (const record of slice.records) state = foldRecord(state, record);
      more = slice.more || state.run !== journal.run;
    }
    settleState(state satisfies MutableState);
    return { state, stored: index, recent: [] };
  }
}

/** The head of an instance that begins now. */
export function newHead(birth: Head["birth"]): Head {
  return { birth, index: indexOf(initialState(birth, 1, birth.createdAt)) };
}

function exists({ id }: InstanceName): EngineError {
  return new EngineError("INSTANCE_EXISTS", `workflow instance with id "${id}" already exists`, { instanceId: id });
}

export function notFound(name: InstanceName): EngineError {
  return new EngineError("INSTANCE_NOT_FOUND", `no instance "${name.id}" of workflow "${name.workflow}"`, {
    workflow: name.workflow,
    instanceId: name.id,
  });
}
