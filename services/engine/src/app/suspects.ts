import { LRUCache } from "lru-cache";
import { isRefusal } from "../domain/errors.ts";
import { nameText, type InstanceName } from "../domain/name.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { Clock } from "./clock.ts";
import type { Instances } from "./instances.ts";
import type { Log } from "./log.ts";

/** How long an index may look wrong before it is settled: an index that is just being written is right in a moment. */
const SETTLE_AFTER_MS = 3 * SECOND_MS;

const SUSPECTS_MAX = 10_000;

/** Instances whose index said ready or leased while their journal said otherwise: what a crash between the two leaves. */
export class Suspects {
  readonly #instances: Instances;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #since = new LRUCache<string, EpochMs>({ max: SUSPECTS_MAX, ttl: 20 * SETTLE_AFTER_MS });

  constructor(instances: Instances, clock: Clock, log: Log) {
    this.#instances = instances;
    this.#clock = clock;
    this.#log = log;
  }

  clear(name: InstanceName): void {
    this.#since.delete(nameText(name));
  }

  /** Notes that an index looked wrong, and settles it when it has for a while. */
  suspect(name: InstanceName): void {
    const key = nameText(name);
    const now = this.#clock.now();
    const since = this.#since.get(key);
    if (since === undefined) {
      this.#since.set(key, now);
      return;
    }
    if (now - since < SETTLE_AFTER_MS) return;
    this.#since.delete(key);
    void this.#settle(name);
  }

  async #settle(name: InstanceName): Promise<void> {
    try {
      await this.#instances.move(name, { kind: "settle" });
      this.#log.info({ ...name }, "lagging index settled");
    } catch (error) {
      if (!isRefusal(error, "INSTANCE_NOT_FOUND")) this.#log.warn({ ...name, error }, "lagging index not settled");
    }
  }
}
