import type { InstanceName } from "../domain/name.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import { SHARED_TTL_MS } from "./instance-cache.ts";
import type { Instances } from "./instances.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";

/** Between two looks for instances whose time of keeping is over. */
const PAUSE_MS = 30 * SECOND_MS;

/** Instances removed in one pass; more of them make the next pass follow at once. */
const PURGED_PER_PASS_MAX = 200;

/** Removes finished instances after their time of keeping. */
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
    // Replicas believe what they folded for a while; nothing is removed that one may still write to.
    const now = this.#clock.now() - (this.#store.exclusive ? 0 : 2 * SHARED_TTL_MS);
    const over = await this.#store.purgeable(now, PURGED_PER_PASS_MAX);
    let purged = 0;
    for (const { name, uid } of over) if (await this.#purge(name, uid)) purged += 1;
    if (purged > 0) this.#log.info({ instances: purged }, "finished instances purged");
    if (purged === PURGED_PER_PASS_MAX) this.#loop.hurry();
  }

  /** Returns whether it is gone. One that cannot be removed does not keep the others. */
  async #purge(name: InstanceName, uid: string): Promise<boolean> {
    try {
      const { next } = await this.#instances.move(name, { kind: "purge" });
      if (next.birth.uid !== uid || !next.purged) return false;
      await this.#store.purge(name, uid);
      return true;
    } catch (error) {
      this.#log.warn({ ...name, error }, "finished instance not purged");
      return false;
    }
  }
}
