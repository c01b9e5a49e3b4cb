import { isRefusal } from "../domain/errors.ts";
import { nameText } from "../domain/name.ts";
import type { LeasedHead, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Instances } from "./instances.ts";
import { leasedPages, type Sweeper } from "./sweeper.ts";
import { isLeasedTo } from "./tasks.ts";
import type { HeldTask, LeaseRef, Notice } from "./worker-api.ts";

/** Of a lease's life, how long a task may be under way to its worker before it counts as never received. */
const DELIVERY_SHARE = 1 / 3;

export interface RollParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly sweeper: Sweeper;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/** Compares what a session says it holds with what it was given. */
export class Roll {
  readonly #parts: RollParts;

  constructor(parts: RollParts) {
    this.#parts = parts;
  }

  /** Takes back what was never received, and returns words about what is held. */
  async call(session: string, held: readonly HeldTask[]): Promise<readonly Notice[]> {
    const { store, sweeper, clock, leaseMs } = this.#parts;
    const unseen = new Map(held.map((task) => [keyOf(task.lease), task]));
    const notices: Notice[] = [];
    const deliveredBefore = clock.now() - leaseMs * DELIVERY_SHARE;
    for await (const page of leasedPages(store, session)) {
      for (const head of page) {
        const task = unseen.get(keyOf(head));
        unseen.delete(keyOf(head));
        if (task === undefined) {
          if (head.grantedAt < deliveredBefore) await sweeper.loseLease(head, "undelivered");
        } else if (this.#hasNews(head, task)) {
          notices.push({ lease: task.lease, leaseLost: false });
        }
      }
    }
    // A held task that the index does not show: lost, or its index is being written.
    for (const { lease } of unseen.values()) {
      if (!(await this.#isHeld(session, lease))) notices.push({ lease, leaseLost: true });
    }
    return notices;
  }

  /** Among replicas the index says how far others have written; alone, the state at hand does. */
  #hasNews(head: LeasedHead, { seenPosition }: HeldTask): boolean {
    const { store, instances } = this.#parts;
    const position = store.exclusive ? instances.peek(head.name)?.state.position : head.position;
    return position !== undefined && position > seenPosition;
  }

  async #isHeld(session: string, lease: LeaseRef): Promise<boolean> {
    try {
      return isLeasedTo(await this.#parts.instances.load(lease.name), session, lease);
    } catch (error) {
      if (isRefusal(error, "INSTANCE_NOT_FOUND")) return false;
      throw error;
    }
  }
}

function keyOf({ name, uid, run, epoch }: LeaseRef): string {
  return `${nameText(name)}/${uid}/${run}/${epoch}`;
}
