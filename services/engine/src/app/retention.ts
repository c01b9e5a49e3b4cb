import { isRefusal } from "../domain/errors.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { InstancePointer, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Instances } from "./instances.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";

/** Between two looks for instances whose time of keeping is over. */
const PAUSE_MS = 30 * SECOND_MS;

/** Instances removed in one pass; more of them make the next pass follow at once. */
const PURGED_PER_PASS_MAX = 200;

/** Removes finished instances after their time of keeping, and what removed ones have left. */
export class RetentionLoop {
  readonly #store: Store;
  readonly #instances: Instances;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #loop: Loop;

  constructor(store: Store, instances: Instances, clock: Clock, log: Log) {
    this.#store = store;
    this.#instances = instances;
    this.#clock = clock;
    this.#log = log;
    this.#loop = new Loop("retention", PAUSE_MS, () => this.#pass(), clock, log);
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #pass(): Promise<void> {
    const over = await this.#store.purgeable(this.#clock.now(), PURGED_PER_PASS_MAX);
    const purged = await this.#each(over, (instance) => this.#purge(instance));
    if (purged > 0) this.#log.info({ instances: purged }, "finished instances purged");
    const left = await this.#store.removable(this.#clock.now(), PURGED_PER_PASS_MAX);
    const removed = await this.#each(left, async (instance) => {
      await this.#store.removeJournals(instance);
      return true;
    });
    if (purged === PURGED_PER_PASS_MAX || removed === PURGED_PER_PASS_MAX) this.#loop.hurry();
  }

  /** Returns how many are gone. One that cannot be removed does not keep the others. */
  async #each(
    instances: readonly InstancePointer[],
    remove: (instance: InstancePointer) => Promise<boolean>,
  ): Promise<number> {
    let gone = 0;
    for (const instance of instances) {
      try {
        if (await remove(instance)) gone += 1;
      } catch (error) {
        this.#log.warn({ ...instance.name, error }, "finished instance not removed");
      }
    }
    return gone;
  }

  /** Returns whether it is gone. */
  async #purge({ name, uid }: InstancePointer): Promise<boolean> {
    try {
      const { next } = await this.#instances.move(name, { kind: "purge" });
      return next.birth.uid === uid && next.purged;
    } catch (error) {
      // A removal that was stopped halfway, or went on elsewhere meanwhile.
      if (isRefusal(error, "INSTANCE_NOT_FOUND")) return true;
      throw error;
    }
  }
}
