import { randomUUID } from "node:crypto";
import { isRefusal } from "../domain/errors.ts";
import type { WorkflowName } from "../domain/name.ts";
import { runsBesideLimit } from "../domain/schedule.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { Slot, SlotHolder } from "../store/slot-store.ts";
import type { LeasedHead, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Instances } from "./instances.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import type { Settings } from "./settings.ts";
import type { Slots } from "./slots.ts";

const PAUSE_MS = 10 * SECOND_MS;

/** A place younger than this may belong to a lease that is just being granted. */
const GRACE_MS = 10 * SECOND_MS;

const PAGE = 500;

export interface SlotSweepParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly settings: Settings;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Compares the places taken with the leases there are: gives back what a crash left, and takes places for leases that
 * were granted before there was a limit.
 */
export class SlotSweep {
  readonly #parts: SlotSweepParts;
  readonly #loop: Loop;

  constructor(parts: SlotSweepParts) {
    this.#parts = parts;
    this.#loop = new Loop("slots", PAUSE_MS, () => this.#pass(), parts.clock, parts.log);
  }

  start(): void {
    this.#loop.start();
  }

  /** A limit may have come. */
  hurry(): void {
    this.#loop.hurry();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #pass(): Promise<void> {
    for (const { name, concurrencyLimit } of this.#parts.settings.all()) {
      if (concurrencyLimit !== null) await this.#compare(name);
    }
  }

  async #compare(name: WorkflowName): Promise<void> {
    const { store, slots, clock, log } = this.#parts;
    const taken = await store.slots(name);
    const leased = new Map((await this.#leased(name)).map((head) => [keyOf({ ...head, id: head.name.id }), head]));
    const oldest = clock.now() - GRACE_MS;
    for (const { holder, takenAt } of taken) {
      if (leased.has(keyOf(holder)) || takenAt > oldest || (await this.#holds(name, holder)) !== "no") continue;
      log.info({ ...name, ...holder }, "place without a lease given back");
      await slots.free(name, holder);
    }
    const placed = new Set(taken.map(({ holder }) => keyOf(holder)));
    const without = [...leased.values()].filter((head) => !placed.has(keyOf({ ...head, id: head.name.id })));
    if (without.length > 0) await this.#adopt(name, without, taken);
  }

  async #leased(name: WorkflowName): Promise<readonly LeasedHead[]> {
    const leased: LeasedHead[] = [];
    for (let after = ""; ; after = leased.at(-1)?.name.id ?? "") {
      const page = await this.#parts.store.leasedIn(name, after, PAGE);
      leased.push(...page);
      if (page.length < PAGE) return leased;
    }
  }

  /** Beyond the limit where there is no other place: what runs goes on, and nothing is added until it is fewer. */
  async #adopt(workflow: WorkflowName, heads: readonly LeasedHead[], taken: readonly Slot[]): Promise<void> {
    const { store, clock } = this.#parts;
    const places = new Set(taken.map(({ place }) => place));
    let place = 0;
    for (const { name, uid, run, epoch } of heads) {
      const holder = { id: name.id, uid, run, epoch };
      if ((await this.#holds(workflow, holder)) !== "within") continue;
      for (; ; place++) {
        if (places.has(place)) continue;
        if ((await store.takeSlot({ workflow, place, holder, token: randomUUID(), takenAt: clock.now() })) === "taken")
          break;
      }
      place++;
    }
    this.#parts.slots.doubt(workflow);
  }

  /** Whether a lease is still held, and within or beside its workflow's limit. */
  async #holds(workflow: WorkflowName, { id, uid, run, epoch }: SlotHolder): Promise<"no" | "within" | "beside"> {
    try {
      const { birth, run: current, lease } = await this.#parts.instances.load({ ...workflow, id });
      if (birth.uid !== uid || current !== run || lease?.epoch !== epoch) return "no";
      return runsBesideLimit(birth, lease.grantedAt) ? "beside" : "within";
    } catch (error) {
      if (isRefusal(error, "INSTANCE_NOT_FOUND")) return "no";
      throw error;
    }
  }
}

function keyOf({ uid, run, epoch }: SlotHolder): string {
  return `${uid}/${run}/${epoch}`;
}
