import type { InstanceState } from "../domain/state.ts";
import type { Store } from "../store/store.ts";
import type { Feed } from "./feed.ts";
import { leasedPages } from "./sweeper.ts";
import type { Tally } from "./tally.ts";

/** How many instances workers have. */
export interface Leased {
  /** Before it has resolved, nobody knows. @throws {EngineError} STORE_UNAVAILABLE. */
  ready(): Promise<void>;
  /** Resolves when what is known is not old. @throws {EngineError} STORE_UNAVAILABLE. */
  freshen(): Promise<void>;
  hasRoom(held: number): boolean;
}

/** Of a store that this process alone writes to: exact, for every lease begins and ends here. */
export class OwnLeased implements Leased {
  readonly #store: Store;
  readonly #max: number;
  readonly #uids = new Set<string>();
  /** Those whose lease has ended while the ones that a process before left were read; null: they are read. */
  #ended: Set<string> | null = new Set();

  constructor(store: Store, feed: Feed, max: number) {
    this.#store = store;
    this.#max = max;
    feed.onCreated((created) => this.#note(null, created));
    feed.onAny(({ before, after }) => this.#note(before, after));
  }

  async ready(): Promise<void> {
    for (const session of await this.#store.leaseHolders()) {
      for await (const page of leasedPages(this.#store, session)) {
        for (const { uid } of page) if (this.#ended?.has(uid) !== true) this.#uids.add(uid);
      }
    }
    this.#ended = null;
  }

  async freshen(): Promise<void> {}

  hasRoom(held: number): boolean {
    return this.#uids.size + held < this.#max;
  }

  #note(before: InstanceState | null, { birth, lease }: InstanceState): void {
    if (lease !== null) this.#uids.add(birth.uid);
    else this.#uids.delete(birth.uid);
    if (before !== null && before.lease !== null && lease === null) this.#ended?.add(birth.uid);
  }
}

/** Of a store that others write to as well: as of the last look, and what this replica did since. */
export class SharedLeased implements Leased {
  readonly #tally: Tally;
  readonly #max: number;

  constructor(tally: Tally, feed: Feed, max: number) {
    this.#tally = tally;
    this.#max = max;
    feed.onCreated(({ lease }) => {
      if (lease !== null) tally.add();
    });
    feed.onAny(({ before, after }) => {
      if (before.lease === null && after.lease !== null) tally.add();
      if (before.lease !== null && after.lease === null) tally.remove();
    });
  }

  ready(): Promise<void> {
    return this.#tally.look();
  }

  freshen(): Promise<void> {
    return this.#tally.freshen();
  }

  hasRoom(held: number): boolean {
    return this.#tally.hasRoom() && this.#tally.count + held < this.#max;
  }
}
