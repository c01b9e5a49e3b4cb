import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Feed } from "./feed.ts";
import { OwnLeased, SharedLeased, type Leased } from "./leased.ts";
import type { Log } from "./log.ts";
import { Tally } from "./tally.ts";
import type { Ticket } from "./waiting-poll.ts";

export interface RunningLimitParts {
  readonly store: Store;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly log: Log;
  /** Instances that workers may have at once. */
  readonly max: number;
}

/** Keeps the instances that workers have at once, of all workflows, within the engine's limit. */
export class RunningLimit {
  readonly #leased: Leased;
  /** Tickets for leases that are about to be granted. */
  #held = 0;
  /** Somebody was told that there is no room. */
  #missed = false;
  #loaded = false;
  #loading: Promise<void> | null = null;
  #onRoom: () => void = () => {};

  constructor({ store, feed, clock, log, max }: RunningLimitParts) {
    if (store.exclusive) {
      this.#leased = new OwnLeased(store, feed, max);
    } else {
      const tally = new Tally({ max, count: () => store.countLeased(max), addedUnseen: () => 1, clock, log });
      this.#leased = new SharedLeased(tally, feed, max);
      tally.onLooked(() => this.#tellRoom());
    }
    feed.onAny(({ before, after }) => {
      if (before.lease !== null && after.lease === null) this.#tellRoom();
    });
  }

  /** Begins to find out what workers have; whoever needs to know waits with `ready`. */
  start(): void {
    void this.ready().catch(() => {});
  }

  /** Calls when there is room again after there was none. */
  onRoom(call: () => void): void {
    this.#onRoom = call;
  }

  /** Whether it is known what workers have. Before, nothing may be lent out: `ready` waits. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Resolves when `loaded`. @throws {EngineError} STORE_UNAVAILABLE. */
  async ready(): Promise<void> {
    if (this.#loaded) return;
    this.#loading ??= this.#leased.ready().finally(() => (this.#loading = null));
    await this.#loading;
    this.#loaded = true;
  }

  /** Resolves when it is known how many run elsewhere, but for about the last second. @throws {EngineError} STORE_UNAVAILABLE. */
  freshen(): Promise<void> {
    return this.#leased.freshen();
  }

  hasRoom(): boolean {
    const hasRoom = this.#leased.hasRoom(this.#held);
    if (!hasRoom) this.#missed = true;
    return hasRoom;
  }

  /** Counts a ticket as a lease until it is given back: by then the lease counts itself, or there is none. */
  hold(ticket: Ticket): Ticket {
    this.#held += 1;
    let open = true;
    const release = (): void => {
      ticket.release();
      if (!open) return;
      open = false;
      this.#held -= 1;
      this.#tellRoom();
    };
    return { session: ticket.session, deliver: (task) => ticket.deliver(task), release };
  }

  #tellRoom(): void {
    if (!this.#missed || !this.#leased.hasRoom(this.#held)) return;
    this.#missed = false;
    this.#onRoom();
  }
}
